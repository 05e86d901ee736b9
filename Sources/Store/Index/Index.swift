import GRDB
import Glibc
import Synchronization

/// The index of a store: where to look, never what is true.
///
/// Whatever it says is checked against the files it is about, and from these it is built again when
/// it is lost or damaged. It uses a rollback journal: with several processes, SQLite before 3.51.3
/// can corrupt a database in WAL mode. The journal's head is overwritten and synced at each commit, so
/// that a power cut cannot bring an old one back; its file keeps its length, so that these syncs have
/// nothing to tell the file system's own journal.
final class Index: Sendable {
  static let version = 4

  private let path: String
  /// Takes a damaged index out of the way.
  private let quarantine: @Sendable (String) throws(StoreError) -> Void
  /// Fills a new index from the files of the store.
  private let project: @Sendable (Database) throws -> Void
  /// Never `nil` once the index is open.
  private let connection: Mutex<Connection?>

  private struct Connection {
    let queue: DatabaseQueue
    /// Tells the file from one that has taken its place.
    let inode: Int64?
  }

  init(
    path: String, quarantine: @escaping @Sendable (String) throws(StoreError) -> Void,
    project: @escaping @Sendable (Database) throws -> Void
  ) throws {
    self.path = path
    self.quarantine = quarantine
    self.project = project
    connection = Mutex(nil)
    do {
      do {
        let opened = try connect()
        connection.withLock { $0 = opened }
        if try opened.queue.read(Self.version) != Self.version { try replace(nil) }
      } catch let error as DatabaseError where isDamage(error) {
        try replace(connection.withLock { $0 })
      }
    } catch let error as DatabaseError {
      throw Self.translated(error, path: path)
    }
  }

  /// Runs `body` on one state of the index.
  func read<T>(_ body: (Database) throws -> T) throws -> T {
    try using { queue in
      // Not `queue.read`: that sets `query_only`, at which SQLite forgets all prepared statements.
      try queue.unsafeReentrantWrite { db in
        if db.isInsideTransaction { return try body(db) }
        try db.beginTransaction(.deferred)
        defer { if db.isInsideTransaction { try? db.commit() } }
        return try body(db)
      }
    }
  }

  /// Runs `body` in a transaction that is durable when this returns.
  func write<T>(_ body: (Database) throws -> T) throws -> T {
    try using { queue in
      try queue.unsafeReentrantWrite { db in
        // Inside a session: its reading ends before the writing, lest two processes wait for each
        // other's end of reading.
        let isInSession = db.isInsideTransaction
        if isInSession { try db.commit() }
        defer { if isInSession { try? db.beginTransaction(.deferred) } }
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

  /// Runs `body`, whose reads then share one transaction: many short ones cost less so. Others wait
  /// meanwhile, so it is to be short.
  func session<T>(_ body: () throws -> T) throws -> T {
    try using { queue in
      try queue.unsafeReentrantWrite { db in
        if db.isInsideTransaction { return try body() }
        try db.beginTransaction(.deferred)
        defer { if db.isInsideTransaction { try? db.commit() } }
        return try body()
      }
    }
  }

  /// Runs `body` in a transaction that needs no space on the disk for its journal. A crash in the
  /// midst of it can cost the index, which is then built again.
  func writeOnFullDisk<T>(_ body: (Database) throws -> T) throws -> T {
    try using { queue in
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode = MEMORY")
        defer { try? db.execute(sql: "PRAGMA journal_mode = PERSIST") }
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

  /// Tells one state of the index from any later one, whoever changed it.
  struct Stamp: Hashable {
    let others: Int
    let own: Int
  }

  static func stamp(_ db: Database) throws -> Stamp {
    let others = try db.number("PRAGMA data_version")
    return Stamp(others: others, own: db.totalChangesCount)
  }

  /// Compares all tables with their indexes: a wrong bit in a reference is found, and the index built
  /// again, before a collection believes it.
  static func check(_ db: Database) throws {
    let verdict = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)")
    guard verdict == "ok" else { throw DatabaseError.senselessRow }
  }

  private func using<T>(_ body: (DatabaseQueue) throws -> T) throws -> T {
    guard let current = connection.withLock({ $0 }) else {
      throw StoreError.index("not open", path: path)
    }
    do {
      do {
        return try body(current.queue)
      } catch let error as DatabaseError where isDamage(error) {
        return try body(try replace(current).queue)
      }
    } catch let error as DatabaseError {
      throw Self.translated(error, path: path)
    }
  }
}

extension Index {
  private func connect() throws -> Connection {
    var configuration = Configuration()
    configuration.label = "index"
    // Waiting is all there is to contention; five minutes is a process that was stopped.
    configuration.busyMode = .callback { attempt in
      usleep(UInt32(min(attempt + 1, 25)) * 1000)
      return attempt < 12_000
    }
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA journal_mode = PERSIST")
      try db.execute(sql: "PRAGMA journal_size_limit = 1048576")
      try db.execute(sql: "PRAGMA synchronous = FULL")
      // In KiB: a thousand look-ups in a large index read each page once.
      try db.execute(sql: "PRAGMA cache_size = -8192")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    return Connection(queue: queue, inode: try FileStatus.at(path)?.stamp.inode)
  }

  private static func version(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
  }

  /// Builds the index from the store's files, unless somebody else has done so by now. A `damaged`
  /// one is put aside.
  @discardableResult
  private func replace(_ damaged: Connection?) throws -> Connection {
    try FileLock.holding("\(path).lock", exclusive: true) {
      let inode = try FileStatus.at(path)?.stamp.inode
      let isSame = damaged.map { $0.inode == inode } ?? false
      // Not closed: other threads may be at it, and go on to find it damaged, too.
      let opened = try (isSame ? nil : usable()) ?? fresh()
      connection.withLock { $0 = opened }
      return opened
    }
  }

  /// The index as it is, if it is one of this version.
  private func usable() throws -> Connection? {
    do {
      let opened = try connect()
      let version = try opened.queue.read(Self.version)
      if version == Self.version { return opened }
      try opened.queue.close()
      guard version < Self.version else { throw StoreError.newerStore(path, version: version) }
    } catch let error as DatabaseError where isDamage(error) {}
    return nil
  }

  private func fresh() throws -> Connection {
    if try FileStatus.at(path).map({ $0.kind != .file || $0.size > 0 }) == true {
      try quarantine(path)
    }
    // A journal of the old index would be played back into the new one.
    Folder.remove("\(path)-journal")
    let opened = try connect()
    try opened.queue.write { db in
      try Schema.create(db)
      try project(db)
      try db.execute(sql: "PRAGMA user_version = \(Self.version)")
    }
    try Folder.sync(Folder.parent(of: path))
    return opened
  }

  /// Whether the file is at fault. A statement of ours that SQLite does not understand speaks of
  /// tables that are gone; what it cannot open may be a folder.
  private func isDamage(_ error: DatabaseError) -> Bool {
    let codes: [ResultCode] = [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_FORMAT]
    if error.resultCode == .SQLITE_CANTOPEN {
      let code = errno
      defer { errno = code }
      return (try? FileStatus.at(path))?.kind == .folder
    }
    return codes.contains(error.resultCode)
  }

  private static func translated(_ error: DatabaseError, path: String) -> StoreError {
    switch error.resultCode {
    case .SQLITE_FULL: .system("write", path: path, errno: ENOSPC)
    case .SQLITE_READONLY: .system("write", path: path, errno: EROFS)
    case .SQLITE_CANTOPEN: .system("open", path: path, errno: causeOfOpening(path))
    default: .index(error.message ?? error.resultCode.description, path: path)
    }
  }

  /// Why SQLite cannot open the index or its journal. What it could not make it tries to read, so that
  /// in the end `errno` says that nothing is there: then the same is tried once more.
  private static func causeOfOpening(_ path: String) -> Int32 {
    guard errno == 0 || errno == ENOENT else { return errno }
    for file in [path, "\(path)-journal"] {
      let descriptor = retrying { open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
      guard descriptor >= 0 else { return errno }
      close(descriptor)
    }
    return EACCES
  }
}
