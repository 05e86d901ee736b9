import Foundation
import GRDB

extension Database {
  /// What the index says of the object.
  func object(_ digest: Digest) throws -> ObjectRow? {
    try first(
      "SELECT digest, sha256, size, kind, modified, changed, inode FROM object WHERE digest = ?",
      [digest.blob], ObjectRow.init)
  }

  func objects() throws -> [ObjectRow] {
    var rows: [ObjectRow] = []
    try each(
      "SELECT digest, sha256, size, kind, modified, changed, inode FROM object ORDER BY digest"
    ) { rows.append(try ObjectRow($0)) }
    return rows
  }

  func save(_ row: ObjectRow) throws {
    let statement = try cachedStatement(sql: "INSERT OR REPLACE INTO object VALUES (?,?,?,?,?,?,?)")
    try statement.execute(arguments: [
      row.content.digest.blob, Data(row.content.sha256.bytes), row.content.size,
      row.content.kind.rawValue, row.stamp.modified, row.stamp.changed, row.stamp.inode,
    ])
  }

  /// Notes that the object stands for a folder. One that is a user's file, too, stays a folder.
  func markAsTree(_ digest: Digest) throws {
    try cachedStatement(sql: "UPDATE object SET kind = ? WHERE digest = ?")
      .execute(arguments: [Content.Kind.tree.rawValue, digest.blob])
  }

  func deleteObject(_ digest: Digest) throws {
    try cachedStatement(sql: "DELETE FROM object WHERE digest = ?").execute(arguments: [digest.blob]
    )
  }

  /// The same of a folder with what is known to be in it.
  func deleteObject(withEntries digest: Digest) throws {
    try deleteObject(digest)
    try deleteEntries(of: digest)
  }
}

extension ObjectRow {
  fileprivate init(_ row: Columns) throws {
    let sha256 = try row.bytes(1)
    guard sha256.count == 32, let kind = Content.Kind(rawValue: try row.text(3)) else {
      throw DatabaseError.senselessRow
    }
    let size = try row.integer(2)
    guard size >= 0 else { throw DatabaseError.senselessRow }
    self.init(
      content: Content(
        digest: try row.digest(0), sha256: SHA256(bytes: sha256), size: size, kind: kind),
      stamp: FileStatus.Stamp(
        modified: Int64(try row.integer(4)), changed: Int64(try row.integer(5)),
        inode: Int64(try row.integer(6))))
  }
}
