import Foundation
import GRDB

/// What was read from a file or folder outside the store, and what it looked like then.
struct SourceRow: Hashable {
  let device: Int64
  let inode: Int64
  let listing: SHA256
  let content: Content
  /// In which order the rows came; the oldest go.
  static let most = 10_000
}

extension Database {
  func source(device: Int64, inode: Int64) throws -> SourceRow? {
    let statement = try cachedStatement(
      sql: """
        SELECT listing, digest, sha256, size, kind FROM source WHERE device = ? AND inode = ?
        """)
    guard let row = try Row.fetchOne(statement, arguments: [device, inode]) else { return nil }
    guard let listing = Data.fromDatabaseValue(row[0]), listing.count == 32,
      let sha256 = Data.fromDatabaseValue(row[2]), sha256.count == 32,
      let size = Int64.fromDatabaseValue(row[3]).flatMap(Int.init(exactly:)), size >= 0,
      let kind = String.fromDatabaseValue(row[4]).flatMap(Content.Kind.init)
    else { throw DatabaseError.senselessRow }
    return SourceRow(
      device: device, inode: inode, listing: SHA256(bytes: [UInt8](listing)),
      content: Content(
        digest: try Digest(row, 1), sha256: SHA256(bytes: [UInt8](sha256)), size: size, kind: kind))
  }

  func save(_ source: SourceRow) throws {
    try execute(
      sql: "DELETE FROM source WHERE device = ? AND inode = ?",
      arguments: [source.device, source.inode])
    try execute(
      sql: """
        INSERT INTO source (device, inode, listing, digest, sha256, size, kind)
        VALUES (?,?,?,?,?,?,?)
        """,
      arguments: [
        source.device, source.inode, Data(source.listing.bytes), source.content.digest.blob,
        Data(source.content.sha256.bytes), source.content.size, source.content.kind.rawValue,
      ])
    try execute(
      sql: "DELETE FROM source WHERE id <= (SELECT max(id) FROM source) - ?",
      arguments: [SourceRow.most])
  }
}
