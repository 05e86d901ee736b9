import Foundation
import GRDB
import GRDBSQLite

/// The columns of the row that a statement stands at.
///
/// Listings come by many thousands, so bytes are looked at where SQLite has them. No type is trusted:
/// a row may be damaged, and is an error then.
struct Columns {
  fileprivate let statement: SQLiteStatement

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

  func integer(_ column: Int32) throws -> Int {
    guard sqlite3_column_type(statement, column) == SQLITE_INTEGER else {
      throw DatabaseError.senselessRow
    }
    return Int(sqlite3_column_int64(statement, column))
  }

  /// 0 for what is no number of seconds that can be reckoned with.
  func seconds(_ column: Int32) throws -> Double {
    guard [SQLITE_FLOAT, SQLITE_INTEGER].contains(sqlite3_column_type(statement, column)) else {
      throw DatabaseError.senselessRow
    }
    let number = sqlite3_column_double(statement, column)
    return number.isFinite && number >= 0 ? number : 0
  }

  func text(_ column: Int32) throws -> String {
    guard sqlite3_column_type(statement, column) == SQLITE_TEXT,
      let start = sqlite3_column_text(statement, column)
    else { throw DatabaseError.senselessRow }
    let count = Int(sqlite3_column_bytes(statement, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  func digest(_ column: Int32) throws -> Digest {
    // Of any other type SQLite makes some bytes; a digest that means nothing is all they can be.
    guard let start = sqlite3_column_blob(statement, column),
      sqlite3_column_bytes(statement, column) == 16
    else { throw DatabaseError.senselessRow }
    let bytes = UnsafeRawBufferPointer(start: start, count: 16)
    return Digest(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }

  func bytes(_ column: Int32) throws -> [UInt8] { [UInt8](try raw(column)) }

  private func raw(_ column: Int32) throws -> UnsafeRawBufferPointer {
    guard sqlite3_column_type(statement, column) == SQLITE_BLOB else {
      throw DatabaseError.senselessRow
    }
    let start = sqlite3_column_blob(statement, column)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
  }
}

extension Database {
  /// Calls `body` with each row; its columns are gone when that returns.
  func each(
    _ sql: String, _ arguments: StatementArguments = [], _ body: (Columns) throws -> Void
  ) throws {
    let statement = try cachedStatement(sql: sql)
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    // The end of the cursor's life takes the row away.
    try withExtendedLifetime(rows) {
      while try rows.next() != nil { try body(Columns(statement: statement.sqliteStatement)) }
    }
  }

  /// What `body` makes of the first row; `nil` if there is none.
  func first<T>(
    _ sql: String, _ arguments: StatementArguments = [], _ body: (Columns) throws -> T
  ) throws -> T? {
    let statement = try cachedStatement(sql: sql)
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    return try withExtendedLifetime(rows) {
      guard try rows.next() != nil else { return nil }
      return try body(Columns(statement: statement.sqliteStatement))
    }
  }

  /// The digests in the first column.
  func digests(_ sql: String, _ arguments: StatementArguments = []) throws -> [Digest] {
    var digests: [Digest] = []
    try each(sql, arguments) { digests.append(try $0.digest(0)) }
    return digests
  }

  func digest(_ sql: String, _ arguments: StatementArguments = []) throws -> Digest? {
    try first(sql, arguments) { try $0.digest(0) }
  }

  /// Executes a statement that is executed often.
  func perform(_ sql: String, _ arguments: StatementArguments) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}

extension Digest {
  var blob: Data { withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Data($0) } }
}

extension DatabaseError {
  /// SQLite found nothing wrong with a row that we never wrote.
  static var senselessRow: DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a row makes no sense")
  }
}
