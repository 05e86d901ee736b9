import GRDB

extension Database {
  /// Whether an object of this size is known; reads the whole table, for large objects only.
  func hasObject(ofSize size: Int) throws -> Bool {
    let statement = try cachedStatement(sql: "SELECT 1 FROM object WHERE size = ? LIMIT 1")
    return try Row.fetchOne(statement, arguments: [size]) != nil
  }
}
