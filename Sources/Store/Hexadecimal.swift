/// Bytes and numbers as lower-case hex digits, the only form in which names are written.
enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: 2 * bytes.count) { buffer in
      if let place = buffer.baseAddress { write(bytes, to: place) }
      return 2 * bytes.count
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

  /// The number that the 16 digits from `place` on stand for.
  static func word(_ digits: UnsafeBufferPointer<UInt8>, at place: Int) -> UInt64? {
    guard place >= 0, digits.count - place >= 16 else { return nil }
    let digits = UnsafeRawBufferPointer(digits)
    guard let high = half(digits.loadUnaligned(fromByteOffset: place, as: UInt64.self)),
      let low = half(digits.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self))
    else { return nil }
    return UInt64(high) << 32 | UInt64(low)
  }

  /// The number that the eight digits stand for which lie in memory as `text` does; all at once, since
  /// lists of folders hold millions of them.
  private static func half(_ text: UInt64) -> UInt32? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let digits = UInt64(littleEndian: text)
    // Letters are those with bit 6.
    var values = (digits & (ones &* 0x0f)) &+ (digits >> 6 & ones) &* 9
    let letters = (values &+ (ones &* 6)) >> 4 & ones
    // Whatever else the bytes may be is not written so.
    guard values & (ones &* 0xf0) == 0, values &+ (ones &* 0x30) &+ letters &* 0x27 == digits else {
      return nil
    }
    values = (values << 4 | values >> 8) & 0x00ff_00ff_00ff_00ff
    values = (values | values >> 8) & 0x0000_ffff_0000_ffff
    return UInt32(truncatingIfNeeded: values | values >> 16).byteSwapped
  }

  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
