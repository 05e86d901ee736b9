/// Bytes and numbers as lower-case hex digits, the only form in which names are written.
enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ bytes: some Collection<UInt8>) -> String {
    String(unsafeUninitializedCapacity: 2 * bytes.count) { buffer in
      var end = 0
      for byte in bytes {
        buffer[end] = digits[Int(byte >> 4)]
        buffer[end + 1] = digits[Int(byte & 15)]
        end += 2
      }
      return end
    }
  }

  /// Writes the digits of the bytes to `place`, which has room for them.
  static func write(_ bytes: UnsafeRawBufferPointer, to place: UnsafeMutablePointer<UInt8>) {
    digits.withUnsafeBufferPointer { digits in
      for (index, byte) in bytes.enumerated() {
        place[2 * index] = digits[Int(byte >> 4)]
        place[2 * index + 1] = digits[Int(byte & 15)]
      }
    }
  }

  /// The number that 16 digits stand for.
  static func word(_ digits: UnsafeBufferPointer<UInt8>) -> UInt64? {
    guard digits.count == 16 else { return nil }
    let digits = UnsafeRawBufferPointer(digits).loadUnaligned(as: SIMD16<UInt8>.self)
    let (numbers, letters) = (digits &- UInt8(ascii: "0"), digits &- UInt8(ascii: "a"))
    let areNumbers = numbers .< 10
    guard all(areNumbers .| (letters .< 6)) else { return nil }
    let values = (letters &+ 10).replacing(with: numbers, where: areNumbers)
    let bytes = values.evenHalf &<< 4 | values.oddHalf
    return UInt64(bigEndian: unsafeBitCast(bytes, to: UInt64.self))
  }

  /// The bytes that exactly `count` pairs of lower-case digits stand for.
  static func bytes(_ text: String, count: Int) -> [UInt8]? {
    let digits = Array(text.utf8.prefix(2 * count + 1))
    guard digits.count == 2 * count else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for index in 0..<count {
      guard let high = value(digits[2 * index]), let low = value(digits[2 * index + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
