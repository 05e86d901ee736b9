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
      let size = try columns.integer(3)
      guard size >= 0 else { throw DatabaseError.senselessRow }
      return SourceRow(
        device: device, inode: inode, listing: try columns.sha256(0),
        content: Content(
          digest: try columns.digest(1), sha256: try columns.sha256(2), size: size,
          kind: try columns.kind(4)))
    }
  }

  func save(_ source: SourceRow) throws {
    try perform(
      "DELETE FROM source WHERE device = ? AND inode = ?", [source.device, source.inode])
    try perform(
      """
      INSERT INTO source (device, inode, listing, digest, sha256, size, kind)
      VALUES (?,?,?,?,?,?,?)
      """,
      [
        source.device, source.inode, source.listing, source.content.digest,
        source.content.sha256, source.content.size, source.content.kind.rawValue,
      ])
    try perform("DELETE FROM source WHERE id <= (SELECT max(id) FROM source) - ?", [SourceRow.most])
  }
}
