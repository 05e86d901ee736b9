import GRDB

extension Database {
  /// What the index says of the object.
  func object(_ digest: Digest) throws -> ObjectRow? {
    try first(
      "SELECT digest, sha256, size, kind, modified, changed, inode FROM object WHERE digest = ?",
      [digest], ObjectRow.init)
  }

  func objects() throws -> [ObjectRow] {
    var rows: [ObjectRow] = []
    try each(
      "SELECT digest, sha256, size, kind, modified, changed, inode FROM object ORDER BY digest"
    ) { rows.append(try ObjectRow($0)) }
    return rows
  }

  func save(_ row: ObjectRow) throws {
    try perform(
      "INSERT OR REPLACE INTO object VALUES (?,?,?,?,?,?,?)",
      [
        row.content.digest, row.content.sha256, row.content.size, row.content.kind.rawValue,
        row.stamp.modified, row.stamp.changed, row.stamp.inode,
      ])
  }

  /// Notes that the object stands for a folder. One that is a user's file, too, stays a folder.
  func markAsTree(_ digest: Digest) throws {
    try perform(
      "UPDATE object SET kind = ? WHERE digest = ?", [Content.Kind.tree.rawValue, digest])
  }

  func deleteObject(_ digest: Digest) throws {
    try perform("DELETE FROM object WHERE digest = ?", [digest])
  }

  /// The same of a folder with what is known to be in it.
  func deleteObject(withEntries digest: Digest) throws {
    try deleteObject(digest)
    try deleteEntries(of: digest)
  }
}

extension ObjectRow {
  fileprivate init(_ row: Columns) throws {
    let size = try row.integer(2)
    guard size >= 0 else { throw DatabaseError.senselessRow }
    self.init(
      content: Content(
        digest: try row.digest(0), sha256: try row.sha256(1), size: size, kind: try row.kind(3)),
      stamp: try row.stamp(4))
  }
}
