import Foundation
import GRDB

extension Digest {
  var blob: Data { Data(bytes) }

  init(_ value: DatabaseValue) throws {
    guard case .blob(let data) = value.storage, data.count == 16 else {
      throw DatabaseError.senselessRow
    }
    self.init(bytes: data)
  }
}

extension DatabaseError {
  /// SQLite found nothing wrong with a row that we never wrote.
  static var senselessRow: DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a row makes no sense")
  }
}

extension Database {
  /// What the index says of the object.
  func object(_ digest: Digest) throws -> ObjectRow? {
    let statement = try cachedStatement(
      sql:
        "SELECT digest, sha256, size, kind, modified, changed, inode FROM object WHERE digest = ?")
    return try Row.fetchOne(statement, arguments: [digest.blob]).map(ObjectRow.init)
  }

  func objects() throws -> [ObjectRow] {
    try Row.fetchAll(
      self,
      sql: "SELECT digest, sha256, size, kind, modified, changed, inode FROM object ORDER BY digest"
    ).map(ObjectRow.init)
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
}

extension ObjectRow {
  /// Reads the columns without trusting their types: the row may be damaged, and is an error then.
  fileprivate init(_ row: Row) throws {
    func integer(_ index: Int) -> Int64? { Int64.fromDatabaseValue(row[index]) }
    let digest = try Digest(row[0])
    guard let sha256 = Data.fromDatabaseValue(row[1]), sha256.count == 32,
      let size = integer(2).flatMap(Int.init(exactly:)), size >= 0,
      let kind = String.fromDatabaseValue(row[3]).flatMap(Content.Kind.init),
      let modified = integer(4), let changed = integer(5), let inode = integer(6)
    else { throw DatabaseError.senselessRow }
    self.init(
      content: Content(
        digest: digest, sha256: SHA256(bytes: [UInt8](sha256)), size: size, kind: kind),
      stamp: FileStatus.Stamp(modified: modified, changed: changed, inode: inode))
  }
}
