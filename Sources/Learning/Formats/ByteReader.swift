/// Bytes of a file taken from the front, with every step checked against the end.
struct ByteReader {
  let bytes: [UInt8]
  let path: String
  private(set) var offset = 0

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  var left: Int { bytes.count - offset }

  func malformed(_ problem: FormatProblem, at offset: Int? = nil) -> FormatError {
    .malformed(path: path, offset: offset ?? self.offset, problem: problem)
  }

  mutating func take(_ count: Int) throws(FormatError) -> ArraySlice<UInt8> {
    guard count <= left else { throw malformed(.endsEarly(needed: count, left: left)) }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  mutating func skip(_ count: Int) throws(FormatError) { _ = try take(count) }

  mutating func unsigned<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type, bigEndian: Bool = false
  ) throws(FormatError) -> Number {
    let taken = try take(Number.bitWidth / 8)
    var value: Number = 0
    for byte in bigEndian ? Array(taken) : taken.reversed() {
      value = value << 8 | Number(truncatingIfNeeded: byte)
    }
    return value
  }

  mutating func expect(_ start: [UInt8], format: String) throws(FormatError) {
    guard bytes[offset...].starts(with: start) else { throw malformed(.wrongStart(format: format)) }
    offset += start.count
  }

  /// Everything up to the end, which must be exactly the elements of an array of this shape.
  ///
  /// `shapeOffset` is where the file says so, for the message about an impossible shape.
  mutating func array(
    _ type: NumericArray.ElementType, shape: [Int], order: NumericArray.Values.ByteOrder = .little,
    shapeOffset: Int
  ) throws(FormatError) -> NumericArray {
    guard let count = NumericArray.count(of: shape),
      case (let size, let overflows) = count.multipliedReportingOverflow(by: type.sizeInBytes),
      !overflows
    else { throw malformed(.header("impossible shape \(shape)"), at: shapeOffset) }
    let content = try take(size)
    guard left == 0 else { throw malformed(.bytesAfterEnd(left)) }
    return NumericArray(shape: shape, .init(type, bytes: content, order: order))
  }
}
