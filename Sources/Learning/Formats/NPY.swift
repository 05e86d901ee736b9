/// NumPy's .npy files: one array each.
///
/// Written as version 1.0, byte for byte as NumPy writes them. Read in versions 1.0 to 3.0, C order,
/// either byte order, types as in `NumericArray.ElementType`.
public enum NPY {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  public static func read(contentsOf path: String) throws(FormatError) -> NumericArray {
    try read(readFile(at: path), path: path)
  }

  /// Reads the bytes of a file that messages call `path`.
  public static func read(_ bytes: [UInt8], path: String) throws(FormatError) -> NumericArray {
    var reader = ByteReader(bytes, path: path)
    try reader.expect(magic, format: ".npy")
    let (major, minor) = (try reader.unsigned(UInt8.self), try reader.unsigned(UInt8.self))
    guard (1...3).contains(major), minor == 0 else {
      throw reader.malformed(
        .unsupported("version \(major).\(minor) of .npy (1.0 to 3.0 can)"), at: 6)
    }
    let length =
      major == 1 ? Int(try reader.unsigned(UInt16.self)) : Int(try reader.unsigned(UInt32.self))
    let start = reader.offset
    var header = NPYHeader(text: try reader.take(length), path: path, offset: start)
    let (type, order, shape) = try header.read()
    return try reader.array(type, shape: shape, order: order, shapeOffset: start)
  }

  public static func write(_ array: NumericArray, to path: String) throws(FormatError) {
    try writeFile(bytes(of: array), to: path)
  }

  public static func bytes(of array: NumericArray) -> [UInt8] {
    let sizes = array.shape.map(String.init)
    let shape = sizes.count == 1 ? "(\(sizes[0]),)" : "(\(sizes.joined(separator: ", ")))"
    var header = Array(
      "{'descr': '\(descriptor(of: array.type))', 'fortran_order': False, 'shape': \(shape), }".utf8
    )
    // NumPy leaves room for the first size to grow to 21 digits in place.
    if let first = sizes.first { header += spaces(21 - first.utf8.count) }
    let start = magic.count + 4
    header += spaces(64 - (start + header.count + 1) % 64) + [UInt8(ascii: "\n")]

    var bytes = magic + [1, 0, UInt8(header.count & 0xff), UInt8(header.count >> 8)]
    bytes.reserveCapacity(start + header.count + array.count * array.type.sizeInBytes)
    bytes += header
    array.values.append(to: &bytes)
    return bytes
  }

  private static func spaces(_ count: Int) -> [UInt8] {
    Array(repeating: UInt8(ascii: " "), count: max(count, 0))
  }

  private static func descriptor(of type: NumericArray.ElementType) -> String {
    switch type {
    case .float16: "<f2"
    case .float32: "<f4"
    case .float64: "<f8"
    case .int32: "<i4"
    case .int64: "<i8"
    case .uint8: "|u1"
    case .uint16: "<u2"
    case .bool: "|b1"
    }
  }
}
