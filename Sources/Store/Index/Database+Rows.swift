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

  func sha256(_ column: Int32) throws -> SHA256 {
    let bytes = try raw(column)
    guard bytes.count == 32 else { throw DatabaseError.senselessRow }
    return SHA256(copying: bytes)
  }

  /// What kind of object the word stands for.
  func kind(_ column: Int32) throws -> Content.Kind {
    guard let kind = Content.Kind(rawValue: try text(column)) else {
      throw DatabaseError.senselessRow
    }
    return kind
  }

  func stamp(_ column: Int32) throws -> FileStatus.Stamp {
    FileStatus.Stamp(
      modified: Int64(try integer(column)), changed: Int64(try integer(column + 1)),
      inode: Int64(try integer(column + 2)))
  }

  private func raw(_ column: Int32) throws -> UnsafeRawBufferPointer {
    guard sqlite3_column_type(statement, column) == SQLITE_BLOB else {
      throw DatabaseError.senselessRow
    }
    let start = sqlite3_column_blob(statement, column)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
  }
}

// MARK: Values

/// A value that a statement takes.
protocol Bindable {
  /// Returns SQLite's result code.
  func bind(to statement: SQLiteStatement, at place: Int32) -> Int32
}

/// SQLite copies what it is given.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Digest: Bindable {
  func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
    withBytes {
      sqlite3_bind_blob(statement, place, $0.baseAddress, 16, copied)
    }
  }
}

extension SHA256: Bindable {
  func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
    withBytes { sqlite3_bind_blob(statement, place, $0.baseAddress, 32, copied) }
  }
}

extension [UInt8]: Bindable {
  func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
    withUnsafeBytes {
      // Of no bytes SQLite would make NULL.
      guard let start = $0.baseAddress, $0.count > 0 else {
        return sqlite3_bind_zeroblob(statement, place, 0)
      }
      return sqlite3_bind_blob64(statement, place, start, UInt64($0.count), copied)
    }
  }
}

extension Int64: Bindable {
  func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
    sqlite3_bind_int64(statement, place, self)
  }
}

extension Int: Bindable {
  func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
    sqlite3_bind_int64(statement, place, Int64(self))
  }
}

extension Bool: Bindable {
  func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
    sqlite3_bind_int64(statement, place, self ? 1 : 0)
  }
}

extension Double: Bindable {
  func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
    sqlite3_bind_double(statement, place, self)
  }
}

extension String: Bindable {
  func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
    var text = self
    return text.withUTF8 { text in
      // With its length: a NUL is a character like others.
      text.withMemoryRebound(to: CChar.self) {
        sqlite3_bind_text64(
          statement, place, $0.baseAddress ?? UnsafePointer(bitPattern: 1), UInt64($0.count),
          copied, UInt8(SQLITE_UTF8))
      }
    }
  }
}

// MARK: Statements

/// Statements are prepared by GRDB, which keeps them, and stepped through here: what it does for
/// every value and row costs several times what SQLite takes for a look-up.
extension Database {
  /// Calls `body` with each row; its columns are gone when that returns.
  func each(
    _ sql: String, _ arguments: [any Bindable] = [], _ body: (Columns) throws -> Void
  ) throws {
    try eachWhile(sql, arguments) {
      try body($0)
      return true
    }
  }

  /// The same until `body` says no.
  func eachWhile(
    _ sql: String, _ arguments: [any Bindable] = [], _ body: (Columns) throws -> Bool
  ) throws {
    let statement = try cachedStatement(sql: sql).sqliteStatement
    // Also lets go of the lock that a reader has.
    defer { sqlite3_reset(statement) }
    for (index, argument) in arguments.enumerated() {
      try require(argument.bind(to: statement, at: Int32(index + 1)), SQLITE_OK, of: statement)
    }
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return }
      try require(code, SQLITE_ROW, of: statement)
      guard try body(Columns(statement: statement)) else { return }
    }
  }

  private func require(_ code: Int32, _ expected: Int32, of statement: SQLiteStatement) throws {
    guard code != expected else { return }
    let message = sqlite3_errmsg(sqlite3_db_handle(statement)).map { String(cString: $0) }
    throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
  }

  /// What `body` makes of the first row; `nil` if there is none.
  func first<T>(
    _ sql: String, _ arguments: [any Bindable] = [], _ body: (Columns) throws -> T
  ) throws -> T? {
    var first: T?
    try eachWhile(sql, arguments) {
      first = try body($0)
      return false
    }
    return first
  }

  /// The digests in the first column.
  func digests(_ sql: String, _ arguments: [any Bindable] = []) throws -> [Digest] {
    var digests: [Digest] = []
    try each(sql, arguments) { digests.append(try $0.digest(0)) }
    return digests
  }

  func digest(_ sql: String, _ arguments: [any Bindable] = []) throws -> Digest? {
    try first(sql, arguments) { try $0.digest(0) }
  }

  /// The whole number in the first column of the first row; 0 if there is none, or it is `NULL`.
  func number(_ sql: String, _ arguments: [any Bindable] = []) throws -> Int {
    try first(sql, arguments) { $0.isNull(0) ? 0 : try $0.integer(0) } ?? 0
  }

  /// Executes a statement that is executed often.
  func perform(_ sql: String, _ arguments: [any Bindable]) throws {
    try each(sql, arguments) { _ in }
  }
}

extension DatabaseError {
  /// SQLite found nothing wrong with a row that we never wrote.
  static var senselessRow: DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a row makes no sense")
  }
}
