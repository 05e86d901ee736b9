import GRDB
import Glibc
import Synchronization

/// The index of a store: where to look, never what is true.
///
/// Whatever it says is checked against the files it is about, and from these it is built again when
/// it is lost or damaged. It uses a rollback journal: with several processes, SQLite before 3.51.3
/// can corrupt a database in WAL mode. The journal is truncated and synced at each commit, so that a
/// power cut cannot bring an old one back.
final class Index: Sendable {
  static let version = 1

  private let path: String
  /// Takes a damaged index out of the way.
  private let quarantine: @Sendable (String) throws(StoreError) -> Void
  /// Reads what belongs into an index from the files of the store.
  private let project: @Sendable () throws -> Projection
  /// Never `nil` once the index is open.
  private let queue: Mutex<DatabaseQueue?>

  init(
    path: String, quarantine: @escaping @Sendable (String) throws(StoreError) -> Void,
    project: @escaping @Sendable () throws -> Projection
  ) throws {
    self.path = path
    self.quarantine = quarantine
    self.project = project
    queue = Mutex(nil)
    do {
      let opened = try Self.connect(path)
      queue.withLock { $0 = opened }
      if try opened.read(Self.version) != Self.version { try rebuild(opened) }
    } catch let error as DatabaseError where Self.isDamage(error) {
      try rebuild(nil)
    } catch let error as DatabaseError {
      throw Self.translated(error, path: path)
    }
  }

  func read<T>(_ body: (Database) throws -> T) throws -> T { try using { try $0.read(body) } }

  /// Runs `body` in a transaction that is durable when this returns.
  func write<T>(_ body: (Database) throws -> T) throws -> T { try using { try $0.write(body) } }

  /// Runs `body` in a transaction that needs no space on the disk for its journal. A crash in the
  /// midst of it can cost the index, which is then built again.
  func writeOnFullDisk<T>(_ body: (Database) throws -> T) throws -> T {
    try using { queue in
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode = MEMORY")
        defer { try? db.execute(sql: "PRAGMA journal_mode = TRUNCATE") }
        var result: T?
        try db.inTransaction(.immediate) {
          result = try body(db)
          return .commit
        }
        guard let result else { throw StoreError.index("no result", path: path) }
        return result
      }
    }
  }

  private func using<T>(_ body: (DatabaseQueue) throws -> T) throws -> T {
    guard let current = queue.withLock({ $0 }) else {
      throw StoreError.index("not open", path: path)
    }
    do {
      do {
        return try body(current)
      } catch let error as DatabaseError where Self.isDamage(error) {
        return try body(try rebuild(current))
      }
    } catch let error as DatabaseError {
      throw Self.translated(error, path: path)
    }
  }
}

extension Index {
  private static func connect(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "index"
    // Waiting is all there is to contention; five minutes is a process that was stopped.
    configuration.busyMode = .callback { attempt in
      usleep(UInt32(min(attempt + 1, 25)) * 1000)
      return attempt < 12_000
    }
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA journal_mode = TRUNCATE")
      try db.execute(sql: "PRAGMA synchronous = FULL")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private static func version(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
  }

  /// Builds the index from the store's files, unless somebody else has done so by now.
  @discardableResult
  private func rebuild(_ broken: DatabaseQueue?) throws -> DatabaseQueue {
    try FileLock.holding("\(path).lock", exclusive: true) {
      try? broken?.close()
      let opened = try sound() ?? fresh()
      queue.withLock { $0 = opened }
      return opened
    }
  }

  /// The index as it is, if nothing is wrong with it.
  private func sound() throws -> DatabaseQueue? {
    do {
      let opened = try Self.connect(path)
      let version = try opened.read(Self.version)
      guard version <= Self.version else { throw StoreError.newerStore(path, version: version) }
      let isSound = try opened.read { db in
        try String.fetchAll(db, sql: "PRAGMA integrity_check(1)") == ["ok"]
          && Schema.tables.allSatisfy { try db.tableExists($0) }
      }
      if version == Self.version, isSound { return opened }
      try opened.close()
    } catch let error as DatabaseError where Self.isDamage(error) {}
    return nil
  }

  private func fresh() throws -> DatabaseQueue {
    if try FileStatus.at(path).map({ $0.kind != .file || $0.size > 0 }) == true {
      try quarantine(path)
    }
    // A journal of the old index would be played back into the new one.
    Folder.remove("\(path)-journal")
    let projection = try project()
    let opened = try Self.connect(path)
    try opened.write { db in
      try Schema.create(db)
      try db.insert(projection)
      try db.execute(sql: "PRAGMA user_version = \(Self.version)")
    }
    try Folder.sync(Folder.parent(of: path))
    return opened
  }

  /// Whether the file is at fault. A statement of ours that SQLite does not understand speaks of
  /// tables that are gone.
  private static func isDamage(_ error: DatabaseError) -> Bool {
    let codes: [ResultCode] = [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_FORMAT]
    return codes.contains(error.resultCode)
  }

  private static func translated(_ error: DatabaseError, path: String) -> StoreError {
    switch error.resultCode {
    case .SQLITE_FULL: .system("write", path: path, errno: ENOSPC)
    case .SQLITE_READONLY: .system("write", path: path, errno: EROFS)
    case .SQLITE_CANTOPEN: .system("open", path: path, errno: errno == 0 ? EACCES : errno)
    default: .index(error.message ?? error.resultCode.description, path: path)
    }
  }
}
