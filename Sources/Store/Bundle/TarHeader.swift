/// The header of a file in an archive: the ustar form of POSIX (IEEE Std 1003.1, `pax`, "ustar
/// Interchange Format"), in which nothing is said that a clock, a user or a machine decides.
///
/// There is one way to write a header, so a reader need not judge what it reads: it compares.
package struct TarHeader: Hashable, Sendable {
  /// Headers and files fill whole blocks.
  package static let blockSize = 512
  /// Two empty blocks end an archive.
  package static let endSize = 2 * blockSize

  package let name: String
  package let size: Int

  /// - Precondition: the name has 100 bytes at most, which all of ours have.
  package init(name: String, size: Int) {
    precondition(name.utf8.count <= 100 && size >= 0)
    self.name = name
    self.size = size
  }

  /// The zeros that follow the file.
  package var padding: Int { (Self.blockSize - size % Self.blockSize) % Self.blockSize }

  package var bytes: [UInt8] {
    var block = [UInt8](repeating: 0, count: Self.blockSize)
    func write(_ text: String, at place: Int) {
      block.replaceSubrange(place..<place + text.utf8.count, with: Array(text.utf8))
    }
    write(name, at: 0)
    write("0000444", at: 100)
    write("0000000", at: 108)
    write("0000000", at: 116)
    block.replaceSubrange(124..<136, with: Self.number(size))
    write("00000000000", at: 136)
    // The sum is taken over spaces in its own place.
    write("        ", at: 148)
    write("0", at: 156)
    write("ustar", at: 257)
    write("00", at: 263)
    write("0000000", at: 329)
    write("0000000", at: 337)
    let sum = block.reduce(0) { $0 + Int($1) }
    write(Self.octal(sum, digits: 6) + "\0 ", at: 148)
    return block
  }

  /// Eleven octal digits and a NUL; from 8 GiB on, as GNU tar does, the number itself, big-endian,
  /// marked by the highest bit.
  private static func number(_ size: Int) -> [UInt8] {
    if size < 1 << 33 { return Array(octal(size, digits: 11).utf8) + [0] }
    return [0x80, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }
  }

  private static func octal(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}

extension TarHeader {
  /// Reads back a header; `nil` for anything but what ``bytes`` writes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.blockSize else { return nil }
    let name = String(validating: bytes[..<100].prefix { $0 != 0 }, as: UTF8.self)
    var size = 0
    if bytes[124] == 0x80 {
      for byte in bytes[128..<136] { size = size << 8 | Int(byte) }
    } else {
      for digit in bytes[124..<135] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
        size = size << 3 | Int(digit & 7)
      }
    }
    guard let name, size >= 0 else { return nil }
    self.init(name: name, size: size)
    guard self.bytes == bytes else { return nil }
  }

  /// What some block in a header's place is, in words for who meets it there.
  static func describe(_ block: [UInt8]) -> String {
    guard block.count == blockSize else { return "nothing" }
    if block.allSatisfy({ $0 == 0 }) { return "the end of the archive" }
    guard Array(block[257..<262]) == Array("ustar".utf8) else { return "no header of a file" }
    let name = String(decoding: block[..<100].prefix { $0 != 0 }, as: UTF8.self)
    switch block[156] {
    case UInt8(ascii: "0"), 0: return describe(plain: name)
    case UInt8(ascii: "1"): return "the hard link '\(name)'"
    case UInt8(ascii: "2"): return "the symbolic link '\(name)'"
    case UInt8(ascii: "3"), UInt8(ascii: "4"): return "the device '\(name)'"
    case UInt8(ascii: "5"): return "the folder '\(name)'"
    case UInt8(ascii: "6"): return "the pipe '\(name)'"
    case UInt8(ascii: "S"): return "the sparse file '\(name)'"
    case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
      return "an extended header"
    default: return "an entry of an unknown type, '\(name)'"
    }
  }

  private static func describe(plain name: String) -> String {
    if name.hasPrefix("/") { return "a file with the absolute name '\(name)'" }
    if name.split(separator: "/").contains("..") { return "a file that leads outside, '\(name)'" }
    return "the file '\(name)'"
  }
}
