import Glibc
import Store
import Testing

@Suite struct LockTests {
  private let scratch = Scratch()

  @Test func `shared locks share, the exclusive one waits for them`() async throws {
    let store = try scratch.store()
    let other = try Store(at: store.path, create: false)
    let first = try store.lock(.shared)
    let second = try other.lock(.shared)
    let released = Shared(0)
    try await withThrowingTaskGroup(of: Int.self) { group in
      group.addTask {
        let lock = try store.lock(.exclusive)
        defer { lock.release() }
        return released.withLock { $0 }
      }
      for lock in [first, second] {
        released.withLock { $0 += 1 }
        lock.release()
        lock.release()
      }
      let seen = try await group.next()
      #expect(seen == 2)
    }
  }

  @Test func `a lock goes with its object`() throws {
    let store = try scratch.store()
    do { _ = try store.lock(.shared) }
    _ = try store.collect()
  }

  @Test func `collection under one's own shared lock is refused, not waited for`() throws {
    let store = try scratch.store()
    let lock = try store.lock(.shared)
    #expect(throws: StoreError.collectionUnderSharedLock) { try store.collect() }
    _ = try store.collect(dryRun: true)
    lock.release()
    _ = try store.collect()
    let exclusive = try store.lock(.exclusive)
    _ = try store.collect()
    _ = try store.put(bytes: [1])
    exclusive.release()
  }

  @Test func `a lock dies with its holder`() async throws {
    let store = try scratch.store()
    let path = store.path
    for _ in 0..<2 {
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let store = try Store(at: path, create: false)
        let lock = try store.lock(.exclusive)
        let folder = try store.makeWorkFolder()
        kill(getpid(), SIGKILL)
        lock.release()
        folder.remove()
      }
      try store.lock(.exclusive).release()
    }
    #expect(Scratch.names("\(path)/work").count == 3)
    try store.sweepWork()
    #expect(Scratch.names("\(path)/work") == [".lock"])
  }

  @Test func `work folders of the living stay, those of the dead go`() throws {
    let store = try scratch.store()
    let living = try store.makeWorkFolder()
    try Scratch.overwrite("\(living.path)/file", with: [1])
    let dead = "\(store.path)/work/dead"
    for folder in [dead, "\(dead)/sub", "\(dead)/sub/closed"] { mkdir(folder, 0o755) }
    try Scratch.overwrite("\(dead)/sub/closed/file", with: [1])
    symlink(living.path, "\(dead)/sub/link")
    chmod("\(dead)/sub/closed", 0)
    chmod("\(dead)/sub", 0o555)
    try store.sweepWork()
    #expect(!Scratch.exists(dead))
    #expect(try Scratch.read("\(living.path)/file") == [1])
    try Store(at: store.path, create: false).sweepWork()
    #expect(Scratch.exists(living.path))
    living.remove()
    living.remove()
    #expect(!Scratch.exists(living.path))
    let folders = try (0..<20).map { _ in try store.makeWorkFolder() }
    #expect(Set(folders.map(\.path)).count == 20)
  }
}
