import Glibc
import Store
import Testing

@Suite struct CollectTests {
  private let scratch = Scratch()

  @Test func `takes what nothing needs and keeps the rest`() throws {
    let store = try scratch.store()
    try scratch.write([1], to: "in/a")
    try scratch.write([2], to: "in/b/c")
    let folder = try store.put(folderAt: "\(scratch.path)/in")
    let output = try store.put(bytes: [3])
    let preimage = try store.put(bytes: [4])
    let record = Record(
      key: preimage.digest, preimage: preimage.digest, outputs: ["x": output, "y": folder])
    try store.save(record)
    let file = try store.put(bytes: [5])
    try store.saveRun("run", [], files: [file], at: 1)
    let needed = try Set(store.objects())
    let waste = try [6, 7].map { try store.put(bytes: [$0]) }

    let plan = try store.collect(dryRun: true)
    #expect(plan.isDryRun)
    #expect(plan.bytes == 2)
    #expect(try store.objects().count == needed.count + 2)
    let report = try store.collect()
    #expect(report.items == plan.items)
    #expect(
      Set(report.items.map(\.subject)) == Set(waste.map { .object($0.digest, .file) }))
    #expect(report.items.allSatisfy { $0.reason == .unreferenced })
    #expect(try Set(store.objects()) == needed)
    #expect(Scratch.files("\(store.path)/objects").count == needed.count)
    #expect(try store.verify().isEmpty)
    #expect(try store.collect().items.isEmpty)
  }

  @Test func `keeps the newest runs of each pipeline with their results, and takes the others`()
    throws
  {
    let store = try scratch.store()
    let shared = try store.saveResult("shared", output: [1])
    let records = try (0..<4).map { try store.saveResult("stage \($0)", output: [2, UInt8($0)]) }
    let loose = try store.saveResult("loose", output: [3])
    let runs = try records.enumerated().map {
      try store.saveRun("run", [shared, $1], at: Double($0))
    }
    try store.addExecution(run: runs[0], .sample(at: 100))
    try store.label("run 1/stage", records[1].key)

    let other = try store.saveRun("another pipeline", [shared], at: -1)
    #expect(try store.collect(keepRuns: 4).items.contains { $0.subject == .result(loose.key) })
    let report = try store.collect(keepRuns: 2)
    #expect(try store.runs().map(\.hash) == [runs[0], runs[3], other])
    #expect(try Set(store.records().map(\.key)) == [shared.key, records[0].key, records[3].key])
    #expect(
      report.items.contains { $0.subject == .run(runs[1], name: "run") && $0.reason == .olderRun }
    )
    #expect(report.items.contains { $0.subject == .result(records[2].key) && $0.reason == .noRun })
    #expect(try store.labelled("run 1/stage") == [])
    // 3 results, 3 runs, 4 executions
    #expect(Scratch.files("\(store.path)/records").count == 10)
    #expect(try store.verify().isEmpty)

    _ = try store.collect(keepRuns: 0)
    #expect(try store.objects().isEmpty)
    #expect(Scratch.files("\(store.path)/objects").isEmpty)
    #expect(Scratch.files("\(store.path)/records").isEmpty)
  }

  @Test func `takes what interruptions left behind`() throws {
    let store = try scratch.store()
    let record = try store.saveResult("stage", output: [1])
    let stray = try store.put(bytes: [2])
    rename(store.place(stray.digest), "\(scratch.path)/x")
    _ = try? store.bytes(of: stray.digest)
    rename("\(scratch.path)/x", store.place(stray.digest))
    mkdir("\(store.path)/work/dead", 0o755)
    try Scratch.overwrite("\(store.path)/work/dead/file", with: [1, 2, 3])
    // One with something to go on from, and one without.
    mkdir("\(store.path)/partial/key", 0o755)
    mkdir("\(store.path)/partial/key/files", 0o755)
    try Scratch.overwrite("\(store.path)/partial/key/files/kept", with: [1])
    mkdir("\(store.path)/partial/empty", 0o755)
    let report = try store.collect()
    #expect(
      Set(report.items.map(\.subject)) == [
        .workFolder(path: "\(store.path)/work/dead"), .stray(path: store.place(stray.digest)),
        .partial(path: "\(store.path)/partial/empty"),
      ])
    #expect(report.bytes == 4)
    #expect(try store.record(for: record.key) == record)
    #expect(Scratch.exists("\(store.path)/partial/key"))
    #expect(try store.collect(takePartial: true).items.count == 1)
    #expect(!Scratch.exists("\(store.path)/partial/key"))
  }

  @Test func `a result recorded after planning stays`() throws {
    let collector = Shared<Store?>(nil)
    let store = try scratch.store { point in
      guard point == "collect-planned" else { return }
      // The first time only. The collector's own store is the one that its lock does not stop.
      let first = collector.withLock { current in
        defer { current = nil }
        return current
      }
      #expect(throws: Never.self) { try first?.saveResult("late", output: [1]) }
    }
    let contents = try [
      store.put(bytes: Array("preimage of late".utf8)), store.put(bytes: [1]),
    ]
    collector.withLock { $0 = store }
    #expect(try store.collect().items.isEmpty)
    #expect(try store.records().count == 1)
    #expect(try Set(store.objects()) == Set(contents))
  }

  @Test func `runs and collections side by side lose nothing`() async throws {
    let path = try scratch.store().path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<3 {
        group.addTask {
          let store = try Store(at: path, create: false)
          for round in 0..<8 {
            let lock = try store.lock(.shared)
            defer { lock.release() }
            let record = try store.saveResult("\(worker) \(round)", output: [UInt8(round)])
            let output = try #require(record.outputs["out"])
            #expect(try store.bytes(of: output.digest) == [UInt8(round)])
          }
        }
      }
      group.addTask {
        let store = try Store(at: path, create: false)
        for _ in 0..<20 { _ = try store.collect(keepRuns: 0) }
      }
      try await group.waitForAll()
    }
    let store = try Store(at: path, create: false)
    #expect(try store.verify().isEmpty)
    _ = try store.collect(keepRuns: 0)
    #expect(Scratch.files("\(path)/objects").isEmpty)
    #expect(Scratch.files("\(path)/records").isEmpty)
    #expect(Scratch.names("\(path)/work") == [".lock"])
  }
}
