import Glibc
import Store
import Testing

@Suite struct ConcurrencyTests {
  /// Puts, records and reads the same and different things in a folder that others use, too.
  static func work(_ worker: Int, in path: String, rounds: Int) throws {
    let store = try Store(at: path, create: true)
    for round in 0..<rounds {
      let shared = PutTests.bytes(1000 + round)
      let content = try store.put(bytes: shared)
      guard try store.bytes(of: content.digest) == shared else { fatalError("wrong bytes") }
      let record = try store.saveResult("shared \(round)", output: shared)
      try store.saveResult("\(worker) \(round)", output: [UInt8(worker), UInt8(round)])
      try store.label("label", record.key)
      guard try store.record(for: record.key) == record else { fatalError("wrong record") }
      try store.saveRun("run", [record], at: Double(round))
    }
  }

  private func check(_ path: String, workers: Int, rounds: Int) throws {
    let store = try Store(at: path, create: false)
    #expect(try store.verify().isEmpty)
    #expect(try store.records().count == (workers + 1) * rounds)
    #expect(try store.runs().count == rounds)
    #expect(Scratch.names("\(path)/work") == [".lock"])
    #expect(Scratch.names("\(path)/quarantine").isEmpty)
  }

  @Test func `several processes share one store, from its first moment`() async throws {
    let scratch = Scratch()
    let path = "\(scratch.path)/cache"
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<6 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [path = path as String, worker = worker as Int] in
            try ConcurrencyTests.work(worker, in: path, rounds: 5)
          }
        }
      }
    }
    try check(path, workers: 6, rounds: 5)
  }

  @Test func `several stores and threads share one folder`() async throws {
    let scratch = Scratch()
    let path = "\(scratch.path)/cache"
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<4 {
        group.addTask { try Self.work(worker, in: path, rounds: 5) }
      }
      try await group.waitForAll()
    }
    try check(path, workers: 4, rounds: 5)
  }

  @Test func `one store is used by many threads`() async throws {
    let scratch = Scratch()
    let store = try scratch.store()
    for index in 0..<30 { try scratch.write([UInt8(index)], to: "in/\(index)") }
    let folder = "\(scratch.path)/in"
    let contents = try await withThrowingTaskGroup(of: Content.self) { group in
      for worker in 0..<6 {
        group.addTask {
          let content = try store.put(folderAt: folder)
          try store.deliver(content, to: "\(folder)-\(worker)")
          #expect(try store.isIntact(content))
          return content
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(contents.count == 1)
    #expect(try store.objects().count == 31)
  }

  @Test func `verifying beside work takes nothing for damaged`() async throws {
    let scratch = Scratch()
    let path = try scratch.store().path
    let isDone = Shared(false)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { isDone.withLock { $0 = true } }
        try Self.work(0, in: path, rounds: 15)
      }
      group.addTask {
        let store = try Store(at: path, create: false)
        while !isDone.withLock({ $0 }) { #expect(try store.verify() == []) }
      }
      try await group.waitForAll()
    }
    try check(path, workers: 1, rounds: 15)
  }
}
