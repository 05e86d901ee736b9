import GRDB

extension Database {
  /// - Throws: `StoreError.missing` when one of the objects is not stored.
  func require(_ digests: [Digest]) throws {
    for digest in digests where try object(digest) == nil { throw StoreError.missing(digest) }
  }

  /// Whether an object of this size is known; reads the whole table, for large objects only.
  func hasObject(ofSize size: Int) throws -> Bool {
    let statement = try cachedStatement(sql: "SELECT 1 FROM object WHERE size = ? LIMIT 1")
    return try Row.fetchOne(statement, arguments: [size]) != nil
  }
}
