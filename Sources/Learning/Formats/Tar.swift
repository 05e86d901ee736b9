/// Reading of tar archives: plain files and their names, as GNU tar, POSIX and older ones write them.
///
/// Every header is checked by its sum. Folders and extended headers are passed over (a name beyond what a plain header
/// holds comes out cut); links, devices and files of more than 8 GiB are refused. Nothing is unpacked to a disk, so no
/// name can lead anywhere.
/// Source: IEEE Std 1003.1, `pax`, "ustar Interchange Format".
public struct Tar: Sendable {
  public struct Member: Hashable, Sendable {
    public let name: String
    public let sizeInBytes: Int
    fileprivate let offset: Int

    /// The name without its folders.
    public var lastName: String { String(name.split(separator: "/").last ?? "") }
  }

  /// In the order of the archive.
  public let members: [Member]
  private let bytes: [UInt8]

  private static let block = 512

  /// Reads the headers of the bytes of a file that messages call `path`.
  public init(_ bytes: [UInt8], path: String) throws(FormatError) {
    var reader = ByteReader(bytes, path: path)
    var members: [Member] = []
    while true {
      let start = reader.offset
      let header = Array(try reader.take(Self.block))
      if header.allSatisfy({ $0 == 0 }) { break }
      guard Self.sum(of: header) == Self.octal(header[148..<156]) else {
        throw reader.malformed(
          start == 0 ? .wrongStart(format: "tar") : .header("its sum is wrong"), at: start)
      }
      guard let size = Self.octal(header[124..<136]) else {
        throw reader.malformed(.unsupported("a size that is no octal number"), at: start + 124)
      }
      switch header[156] {
      case UInt8(ascii: "0"), 0:
        members.append(
          Member(name: Self.name(header), sizeInBytes: size, offset: reader.offset))
      case UInt8(ascii: "5"), UInt8(ascii: "x"), UInt8(ascii: "g"): break
      default:
        throw reader.malformed(.unsupported("an entry that is no plain file"), at: start + 156)
      }
      // At most 8 GiB, so that this sum is no more than that and a block.
      try reader.skip((size + Self.block - 1) / Self.block * Self.block)
    }
    self.bytes = bytes
    self.members = members
  }

  public func content(of member: Member) -> [UInt8] {
    Array(bytes[member.offset..<member.offset + member.sizeInBytes])
  }

  /// Over all bytes, those of the sum itself counted as spaces.
  private static func sum(of header: [UInt8]) -> Int {
    header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
  }

  /// Digits that a NUL or a space ends, perhaps after spaces.
  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
    return String(decoding: digits, as: UTF8.self).allSatisfy { ("0"..."7").contains($0) }
      ? Int(String(decoding: digits, as: UTF8.self), radix: 8) : nil
  }

  private static func name(_ header: [UInt8]) -> String {
    func text(_ range: Range<Int>) -> String {
      String(decoding: header[range].prefix { $0 != 0 }, as: UTF8.self)
    }
    // GNU's headers ("ustar  ") have other things where POSIX's have folders.
    let folders = header[257..<263] == Array("ustar\0".utf8)[...] ? text(345..<500) : ""
    return folders.isEmpty ? text(0..<100) : "\(folders)/\(text(0..<100))"
  }
}
