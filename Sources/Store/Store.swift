import Synchronization

/// A content-addressed store: immutable objects, results of stages and runs made of them.
///
/// ```
/// objects/3f/9ac4…     immutable bytes, mode 0444, named by their XXH3-128
/// records/07/51be…     documents of results, runs, executions and pins, named likewise
/// index.sqlite         what is where; built again from the two above when it is lost
/// quarantine/          what was found damaged
/// work/                scratch folders, each held by a lock
/// claims/              who computes which key, each held by a lock
/// partial/             states of unfinished stages; theirs, not the store's
/// lock                 shared by all who use the store, exclusive for the collector
/// ```
///
/// A name appears only when its bytes are complete and durable, a row of the index only when what it
/// names is. Whatever is read is checked against its name. Every method may be called from any
/// thread, and from any number of stores on one folder in any number of processes; all of them
/// block.
public final class Store: Sendable {
  /// How deep folders may be nested in one another.
  public static let greatestDepth = 100

  public let path: String
  let objectFolder: ObjectFolder
  let recordFolder: ObjectFolder
  let index: Index
  let committer = Committer()
  let trace: Trace
  private let held = Mutex(Held())

  /// Opens the store at `path`; with `create` makes one where none is.
  ///
  /// `testHook` is called with the name of each point that a test may want to stop at
  /// (`object-written`, `object-renamed`, `result-recorded`, `lookup-done`, `collect-planned`,
  /// `lock-taken`) and of each change to a file (`sync PATH`, …), before it goes on from there.
  ///
  /// - Throws: `StoreError.noStore`, `.newerStore`.
  public init(
    at path: String, create: Bool, testHook: (@Sendable (String) -> Void)? = nil
  ) throws {
    let objects = ObjectFolder(path: "\(path)/objects")
    let records = ObjectFolder(path: "\(path)/records")
    if try FileStatus.at(objects.path) == nil {
      guard create else { throw StoreError.noStore(path) }
    }
    // One look when all is there; a crash may have left some.
    try Folder.make(
      ["objects", "records", "partial", "work", "claims", "quarantine"], in: path)
    self.path = path
    objectFolder = objects
    recordFolder = records
    trace = Trace(hook: testHook)
    let quarantine = Quarantine(path: "\(path)/quarantine")
    index = try Index(
      path: "\(path)/index.sqlite",
      quarantine: { damaged throws(StoreError) in try quarantine.take(damaged, as: "index.sqlite")
      },
      project: { try Projection(objects: objects, records: records).fill($0) })
  }

  var quarantine: Quarantine { Quarantine(path: "\(path)/quarantine") }
  func folder(for place: Commit.Item.Place) -> ObjectFolder {
    place == .object ? objectFolder : recordFolder
  }

  var workPath: String { "\(path)/work" }
  var claimsPath: String { "\(path)/claims" }
}

// MARK: Locks

extension Store {
  private struct Held {
    /// Holders of a shared lock, and those who are at work under it: all use one.
    var shared = 0
    var users = 0
    var lock: FileLock?
    var exclusive: FileLock?
  }

  /// Holds the whole store: `.shared` while using what is in it, `.exclusive` to collect. Waits for
  /// as long as it takes.
  ///
  /// While a shared lock is held nothing is collected, in whatever process.
  public func lock(_ mode: StoreLock.Mode) throws -> StoreLock {
    let lock: StoreLock
    switch mode {
    case .shared:
      try share()
      held.withLock { $0.shared += 1 }
      lock = StoreLock { [weak self] in
        self?.held.withLock { $0.shared -= 1 }
        self?.unshare()
      }
    case .exclusive:
      let exclusive = try FileLock(lockPath, exclusive: true)
      held.withLock { $0.exclusive = exclusive }
      lock = StoreLock { [weak self] in self?.held.withLock { $0.exclusive = nil } }
    }
    trace("lock-taken")
    return lock
  }

  private var lockPath: String { "\(path)/lock" }

  private func share() throws {
    try held.withLock { held in
      if held.users == 0 { held.lock = try FileLock(lockPath, exclusive: false) }
      held.users += 1
    }
  }

  private func unshare() {
    held.withLock { held in
      held.users -= 1
      if held.users == 0 { held.lock = nil }
    }
  }

  /// Runs `body` under the caller's exclusive lock, or else a shared one.
  func whileShared<T>(_ body: () throws -> T) throws -> T {
    if held.withLock({ $0.exclusive != nil }) { return try body() }
    try share()
    defer { unshare() }
    return try body()
  }

  /// Runs `body` under the exclusive lock: the caller's, or else one of its own.
  func whileExclusive<T>(_ body: () throws -> T) throws -> T {
    let (shared, isExclusive) = held.withLock { ($0.shared, $0.exclusive != nil) }
    if isExclusive { return try body() }
    guard shared == 0 else { throw StoreError.collectionUnderSharedLock }
    let lock = try lock(.exclusive)
    defer { lock.release() }
    return try body()
  }

  // MARK: Scratch

  /// A fresh scratch folder, on the store's own file system.
  public func makeWorkFolder() throws -> WorkFolder { try WorkFolder(below: workPath) }

  /// Removes the scratch folders and the claims whose makers are dead; those of the living stay.
  ///
  /// `prepare` is called with each folder before it is removed.
  public func sweepWork(prepare: (String) -> Void = { _ in }) throws {
    try WorkFolder.sweep(workPath, prepare: prepare)
    try Claim.sweep(claimsPath)
  }

  // MARK: Claims

  /// Claims the key, so that nobody else does the work that it stands for; `nil` if somebody has
  /// claimed it, in this process or another. Never waits.
  ///
  /// The `note` is for those who wait: see ``claimant(of:)``.
  public func claim(_ key: Digest, note: String) throws -> Claim? {
    try Claim.taking(key, below: claimsPath, note: note)
  }

  /// The note of who claimed the key last and did not give it back; for messages only, since its
  /// writer may be gone by now.
  public func claimant(of key: Digest) throws -> String? {
    try Claim.note(on: key, below: claimsPath)
  }
}
