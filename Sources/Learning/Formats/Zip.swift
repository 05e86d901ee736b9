import CZlib

/// Reading of zip archives: members that are stored or deflated, as `.npz` files have them.
///
/// Only the directory at the end is believed. Archives of more than 4 GiB or 65,534 members, encrypted
/// ones and those in several parts are refused.
/// Source: PKWARE, "APPNOTE.TXT", version 6.3.10.
public struct Zip: Sendable {
  public struct Member: Hashable, Sendable {
    public let name: String
    /// When it was last changed, as the archive has it.
    public let time: UInt32
    /// How it is compressed: 0 stored, 8 deflated.
    public let method: UInt16
    public let crc: UInt32
    public let sizeInBytes: Int
    public let compressedSize: Int
    fileprivate let offset: Int
  }

  public let members: [Member]
  private let bytes: [UInt8]
  private let path: String

  private static let directoryMark: [UInt8] = [0x50, 0x4b, 1, 2]
  private static let memberMark: [UInt8] = [0x50, 0x4b, 3, 4]
  private static let endMark: [UInt8] = [0x50, 0x4b, 5, 6]

  /// Whether it begins as archives do.
  public static func isArchive(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: memberMark) || bytes.starts(with: endMark)
  }

  /// Reads the directory of the bytes of a file that messages call `path`.
  public init(_ bytes: [UInt8], path: String) throws(FormatError) {
    self.bytes = bytes
    self.path = path
    var end = ByteReader(bytes, path: path)
    try end.skip(try Self.endOfDirectory(of: bytes, path: path) + 8)
    let here = try end.unsigned(UInt16.self)
    let count = try end.unsigned(UInt16.self)
    let size = try end.unsigned(UInt32.self)
    let offset = try end.unsigned(UInt32.self)
    guard here == count, count < .max, size < .max, offset < .max else {
      throw end.malformed(.unsupported("an archive in parts, or larger than 4 GiB"))
    }
    var directory = ByteReader(bytes, path: path)
    try directory.skip(Int(offset))
    var members: [Member] = []
    for _ in 0..<count { members.append(try Self.member(&directory)) }
    self.members = members
  }

  /// Where the record that ends the archive starts: the last one, behind which a comment may stand.
  private static func endOfDirectory(
    of bytes: [UInt8], path: String
  ) throws(FormatError) -> Int {
    let last = bytes.count - 22
    var place = last
    while place >= max(0, last - 0xffff) {
      if bytes[place...].starts(with: endMark) { return place }
      place -= 1
    }
    throw .malformed(path: path, offset: 0, problem: .wrongStart(format: "zip"))
  }

  private static func member(_ reader: inout ByteReader) throws(FormatError) -> Member {
    try reader.expect(directoryMark, format: "zip")
    try reader.skip(4)
    let flags = try reader.unsigned(UInt16.self)
    guard flags & 1 == 0 else { throw reader.malformed(.unsupported("an encrypted member")) }
    let method = try reader.unsigned(UInt16.self)
    let time = try reader.unsigned(UInt32.self)
    let crc = try reader.unsigned(UInt32.self)
    let compressedSize = Int(try reader.unsigned(UInt32.self))
    let size = Int(try reader.unsigned(UInt32.self))
    let nameLength = Int(try reader.unsigned(UInt16.self))
    let extraLength = Int(try reader.unsigned(UInt16.self))
    let commentLength = Int(try reader.unsigned(UInt16.self))
    try reader.skip(8)
    let offset = Int(try reader.unsigned(UInt32.self))
    let name = String(decoding: try reader.take(nameLength), as: UTF8.self)
    try reader.skip(extraLength + commentLength)
    return Member(
      name: name, time: time, method: method, crc: crc, sizeInBytes: size,
      compressedSize: compressedSize, offset: offset)
  }

  /// What the member holds, checked against its CRC; no more than `limitInBytes`.
  public func content(
    of member: Member, limitInBytes: Int = Gzip.usualLimitInBytes
  ) throws(FormatError) -> [UInt8] {
    var reader = ByteReader(bytes, path: path)
    guard member.sizeInBytes <= limitInBytes else {
      throw reader.malformed(.tooLarge(limit: limitInBytes))
    }
    try reader.skip(member.offset)
    try reader.expect(Self.memberMark, format: "zip")
    try reader.skip(22)
    let nameLength = Int(try reader.unsigned(UInt16.self))
    let extraLength = Int(try reader.unsigned(UInt16.self))
    try reader.skip(nameLength + extraLength)
    let start = reader.offset
    let packed = Array(try reader.take(member.compressedSize))
    var content: [UInt8] = []
    switch member.method {
    case 0: content = packed
    case 8:
      _ = try Gzip.inflateMember(
        of: packed, from: 0, into: &content, limitInBytes: limitInBytes, path: path, window: -15)
    default: throw reader.malformed(.unsupported("compression method \(member.method)"), at: start)
    }
    guard content.count == member.sizeInBytes, Self.crc(of: content) == member.crc else {
      throw reader.malformed(.damagedCompression("not what the directory says"), at: start)
    }
    return content
  }

  private static func crc(of bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
    }
  }
}
