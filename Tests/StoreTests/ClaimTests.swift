import Glibc
import Store
import Testing

@Suite struct ClaimTests {
  private let scratch = Scratch()
  private let key = Digest(hashing: [1])

  @Test func `one has a key, in whatever thread or store, until it is given back`() throws {
    let store = try scratch.store()
    let other = try Store(at: store.path, create: false)
    #expect(try store.claimant(of: key) == nil)
    let claim = try #require(try store.claim(key, note: "run 7"))
    #expect(try store.claim(key, note: "x") == nil)
    #expect(try other.claim(key, note: "x") == nil)
    #expect(try other.claimant(of: key) == "run 7")
    #expect(try other.claim(Digest(hashing: [2]), note: "another key") != nil)
    claim.release()
    claim.release()
    let second = try #require(try other.claim(key, note: "8"))
    #expect(try store.claimant(of: key) == "8")
    // The first one gives nothing back that is not its own.
    claim.release()
    #expect(try store.claim(key, note: "x") == nil)
    second.release()
    #expect(Scratch.names("\(store.path)/claims") == [".lock"])
  }

  @Test func `a claim goes with its object`() throws {
    let store = try scratch.store()
    do { _ = try store.claim(key, note: "") }
    #expect(try store.claim(key, note: "") != nil)
  }

  @Test func `a long note is cut, an odd one read as it is`() throws {
    let store = try scratch.store()
    let long = try #require(
      try store.claim(key, note: String(repeating: "\u{1}", count: 100_000)))
    #expect(try store.claimant(of: key)?.utf8.count == 256)
    long.release()
  }

  @Test func `a claim dies with its holder, and what it leaves is swept`() async throws {
    let store = try scratch.store()
    let path = store.path
    for _ in 0..<2 {
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let store = try Store(at: path, create: false)
        let claims = try (1...3).map { try store.claim(Digest(hashing: [$0]), note: "dead") }
        guard claims.allSatisfy({ $0 != nil }) else { exit(1) }
        kill(getpid(), SIGKILL)
      }
      let claim = try #require(try store.claim(key, note: "living"))
      #expect(try store.claimant(of: key) == "living")
      try store.sweepWork()
      #expect(Scratch.names("\(path)/claims") == [".lock", "\(key)"])
      #expect(try store.claim(key, note: "x") == nil)
      claim.release()
    }
  }

  @Test func `a process that waits takes over when the holder dies`() async throws {
    let path = try scratch.store().path
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask {
          await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try Store(at: path, create: false)
            // Both try for the same key; each gets it in the end, and dies of it.
            while true {
              if let claim = try store.claim(Digest(hashing: [1]), note: "\(getpid())") {
                usleep(50_000)
                kill(getpid(), SIGKILL)
                claim.release()
              }
              usleep(1000)
            }
          }
        }
      }
    }
  }

  @Test func `a child process keeps no claim`() throws {
    let store = try scratch.store()
    let claim = try #require(try store.claim(key, note: ""))
    var child: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
    defer { for argument in arguments { free(argument) } }
    #expect(posix_spawnp(&child, "sleep", nil, nil, &arguments, environ) == 0)
    defer {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    let open = Scratch.names("/proc/\(child)/fd").map { number in
      var target = [CChar](repeating: 0, count: 4096)
      let count = readlink("/proc/\(child)/fd/\(number)", &target, target.count)
      let bytes = target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(!open.isEmpty)
    #expect(open.allSatisfy { !$0.hasPrefix(store.path) })
    claim.release()
  }

  @Test func `of many at once exactly one has the key at a time, sweepers or not`() async throws {
    let path = try scratch.store().path
    let holders = Shared(0)
    let wins = try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<4 {
        group.addTask {
          let store = try Store(at: path, create: false)
          var wins = 0
          for _ in 0..<500 {
            if worker == 3 { try store.sweepWork() }
            guard let claim = try store.claim(Digest(hashing: [1]), note: "") else { continue }
            let now = holders.withLock { count in
              count += 1
              return count
            }
            #expect(now == 1)
            wins += 1
            holders.withLock { $0 -= 1 }
            claim.release()
          }
          return wins
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(wins > 0)
  }
}
