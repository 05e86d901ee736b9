import Foundation
import GRDB

extension Digest {
  var blob: Data { withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Data($0) } }

  init(_ value: DatabaseValue) throws {
    guard case .blob(let data) = value.storage else { throw DatabaseError.senselessRow }
    try self.init(data)
  }

  /// The digest in a column, which is looked at where it is: listings come by many thousands.
  init(_ row: Row, _ column: Int) throws {
    self = try row.withUnsafeData(atIndex: column) { data in
      guard let data else { throw DatabaseError.senselessRow }
      return try Digest(data)
    }
  }

  private init(_ data: Data) throws {
    guard data.count == 16 else { throw DatabaseError.senselessRow }
    let (high, low) = data.withUnsafeBytes {
      ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
    self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
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
