import Documents
import Store
import Testing

extension Store {
  /// Records a run of these results, on the external files.
  @discardableResult
  func saveRun(
    _ name: String, _ records: [Record], files: [Content] = [], at startedAt: Double
  ) throws -> Digest {
    let snapshot: Value = [
      "type": "snapshot", "name": .string(name), "files": .list(files.map(\.value)),
      "keys": .list(records.map { .string($0.key.description) }),
    ]
    let hash = try put(bytes: snapshot.canonicalBytes).digest
    let keys = records.enumerated().map { ("stage \($0)", $1.key) }
    try saveRun(hash: hash, name: name, records: Dictionary(uniqueKeysWithValues: keys))
    try addExecution(run: hash, .sample(at: startedAt))
    return hash
  }
}

extension Execution {
  static func sample(at startedAt: Double) -> Execution {
    Execution(
      startedAt: startedAt, seconds: 1.5, host: "host", engine: "0.1.0", engineDigest: "abc",
      executed: 2, reused: 1, stageSeconds: ["a": 0.5, "b": 1])
  }
}

@Suite struct RunTests {
  private let scratch = Scratch()

  @Test func `lists runs, the last executed one first`() throws {
    let store = try scratch.store()
    let record = try store.saveResult("stage", output: [1])
    let old = try store.saveRun("old", [record], at: 100)
    let new = try store.saveRun("new", [record], at: 200)
    #expect(try store.runs().map(\.hash) == [new, old])
    try store.addExecution(run: old, .sample(at: 300))
    #expect(try store.runs().map(\.hash) == [old, new])
    let run = try store.run(matching: old.description)
    #expect(run.executions == [.sample(at: 300), .sample(at: 100)])
    #expect(run.records == ["stage 0": record.key])
    #expect(run.name == "old")
  }

  @Test func `the same run under another name is one run`() throws {
    let store = try scratch.store()
    let hash = try store.put(bytes: Array("snapshot".utf8)).digest
    try store.saveRun(hash: hash, name: "first", records: [:])
    try store.saveRun(hash: hash, name: "second", records: [:])
    #expect(try store.runs() == [Run(hash: hash, name: "second", records: [:])])
    #expect(Scratch.files("\(store.path)/records").count == 1)
    #expect(try store.run(matching: String(hash.description.prefix(6))).hash == hash)
  }

  @Test func `refuses a run whose snapshot or files are not stored`() throws {
    let store = try scratch.store()
    let gone = Content(hashing: [9])
    #expect(throws: StoreError.missing(gone.digest)) {
      try store.saveRun(hash: gone.digest, name: "run", records: [:])
    }
    #expect(throws: StoreError.missing(gone.digest)) {
      try store.saveRun("run", [], files: [gone], at: 0)
    }
    #expect(throws: StoreError.unknownRun(gone.digest.description)) {
      try store.addExecution(run: gone.digest, .sample(at: 0))
    }
    #expect(try store.runs().isEmpty)
  }

  @Test func `a lost file of a run is named with the run`() throws {
    let store = try scratch.store()
    let file = try store.put(bytes: [1, 2, 3])
    let hash = try store.saveRun("run", [], files: [file], at: 0)
    try Tampering.flippedByte.apply(to: store.place(file.digest))
    #expect(try store.verify().map(\.users) == [["run \(hash)"]])
  }
}
