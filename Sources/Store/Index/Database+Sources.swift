import Foundation
import GRDB

/// What was read from a file or folder outside the store, and what it looked like then.
struct SourceRow: Hashable {
  let device: Int64
  let inode: Int64
  let listing: SHA256
  let content: Content
  /// So many are kept; the oldest go.
  static let most = 10_000
}

extension Database {
  func source(device: Int64, inode: Int64) throws -> SourceRow? {
    try first(
      "SELECT listing, digest, sha256, size, kind FROM source WHERE device = ? AND inode = ?",
      [device, inode]
    ) { columns in
      let (listing, sha256) = (try columns.bytes(0), try columns.bytes(2))
      let size = try columns.integer(3)
      guard listing.count == 32, sha256.count == 32, size >= 0,
        let kind = Content.Kind(rawValue: try columns.text(4))
      else { throw DatabaseError.senselessRow }
      return SourceRow(
        device: device, inode: inode, listing: SHA256(bytes: listing),
        content: Content(
          digest: try columns.digest(1), sha256: SHA256(bytes: sha256), size: size, kind: kind))
    }
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
