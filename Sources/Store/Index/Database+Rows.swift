import Foundation
import GRDB

extension Database {
  /// Calls `body` with each row; no more than one is held at a time.
  func each(
    _ sql: String, _ arguments: StatementArguments = [], _ body: (Row) throws -> Void
  ) throws {
    let rows = try Row.fetchCursor(try cachedStatement(sql: sql), arguments: arguments)
    while let row = try rows.next() { try body(row) }
  }

  /// The digests in the first column.
  func digests(_ sql: String, _ arguments: StatementArguments = []) throws -> [Digest] {
    var digests: [Digest] = []
    try each(sql, arguments) { digests.append(try Digest($0, 0)) }
    return digests
  }

  func digest(_ sql: String, _ arguments: StatementArguments = []) throws -> Digest? {
    try Row.fetchOne(try cachedStatement(sql: sql), arguments: arguments).map { try Digest($0, 0) }
  }

  /// Executes a statement that is executed often.
  func perform(_ sql: String, _ arguments: StatementArguments) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}

/// Columns are read without trusting their types: a row may be damaged, and is an error then.
extension Row {
  func integer(_ column: Int) throws -> Int {
    guard let number = Int64.fromDatabaseValue(self[column]), let number = Int(exactly: number)
    else { throw DatabaseError.senselessRow }
    return number
  }

  /// 0 for what is no number of seconds that can be reckoned with.
  func seconds(_ column: Int) throws -> Double {
    guard let number = Double.fromDatabaseValue(self[column]) else {
      throw DatabaseError.senselessRow
    }
    return number.isFinite && number >= 0 ? number : 0
  }

  func text(_ column: Int) throws -> String {
    guard let text = String.fromDatabaseValue(self[column]) else {
      throw DatabaseError.senselessRow
    }
    return text
  }

  func bytes(_ column: Int) throws -> [UInt8] {
    try withUnsafeData(atIndex: column) { data in
      guard let data else { throw DatabaseError.senselessRow }
      return [UInt8](data)
    }
  }
}
