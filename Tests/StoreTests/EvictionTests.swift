import Documents
import Glibc
import Store
import Testing

extension Store {
  /// Stores a result that took so long, whose one output has so many bytes.
  @discardableResult
  func saveResult(
    _ name: String, bytes count: Int, seconds: Double, kind: String = "compute",
    inputs: [Content] = [], madeAt: Double = 0
  ) throws -> Record {
    let members = inputs.enumerated().map { index, input -> (String, Value) in
      ("input \(index)", ["xxh3": .string(input.digest.description)])
    }
    let preimage: Value = [
      "type": "stage", "kind": .string(kind), "name": .string(name),
      "inputs": .map(Dictionary(uniqueKeysWithValues: members)),
    ]
    let stored = try put(bytes: preimage.canonicalBytes)
    var bytes = [UInt8](repeating: 0, count: max(count, name.utf8.count))
    bytes.replaceSubrange(0..<name.utf8.count, with: Array(name.utf8))
    let record = Record(
      key: stored.digest, preimage: stored.digest, outputs: ["out": try put(bytes: bytes)],
      madeAt: madeAt, seconds: seconds, stage: "pipeline/\(name)")
    try save(record)
    return record
  }

  func bytesOfObjects() throws -> Int { try objects().reduce(0) { $0 + $1.size } }
}

@Suite struct EvictionTests {
  private let scratch = Scratch()

  private func evicted(_ report: CollectionReport) -> [Digest] {
    report.items.compactMap { item in
      guard case .result(let key) = item.subject, item.reason == .evicted else { return nil }
      return key
    }
  }

  @Test func `gives up the cheapest seconds for a byte, until the budget is met`() throws {
    let store = try scratch.store()
    let cheap = try store.saveResult("cheap", bytes: 10_000, seconds: 1)
    let dear = try store.saveResult("dear", bytes: 10_000, seconds: 1000)
    let middle = try store.saveResult("middle", bytes: 1000, seconds: 1)
    let all = try store.bytesOfObjects()
    let one = try store.collect(CollectionPolicy(budget: all - 1), dryRun: true)
    #expect(evicted(one) == [cheap.key])
    #expect(one.bytes == 10_000)
    #expect(one.seconds == 1)
    let two = try store.collect(CollectionPolicy(budget: all - 10_001), dryRun: true)
    #expect(evicted(two) == [cheap.key, middle.key])
    #expect(try store.collect(CollectionPolicy(budget: all), dryRun: true).items.isEmpty)
    #expect(try store.records().allSatisfy { !$0.isEvicted })

    let done = try store.collect(CollectionPolicy(budget: all - 10_001))
    #expect(done.items == two.items)
    #expect(try store.bytesOfObjects() == all - 11_000)
    #expect(try store.record(for: cheap.key)?.isEvicted == true)
    #expect(try store.record(for: cheap.key)?.outputs == cheap.outputs)
    #expect(try store.record(for: dear.key) == dear)
    #expect(try store.record(for: middle.key)?.isEvicted == true)
    #expect(try !store.isIntact(#require(cheap.outputs["out"])))
    #expect(try store.verify().isEmpty)
    #expect(try store.collect(CollectionPolicy(budget: all - 10_001)).items.isEmpty)
  }

  @Test func `bytes that two results share come free with the last of them`() throws {
    let store = try scratch.store()
    let output = try store.put(bytes: [UInt8](repeating: 1, count: 10_000))
    let twins = try (0..<2).map { index in
      let preimage = try store.put(bytes: [2, UInt8(index)])
      let record = Record(
        key: preimage.digest, preimage: preimage.digest, outputs: ["out": output], seconds: 1)
      try store.save(record)
      return record.key
    }
    let own = try store.saveResult("own", bytes: 100, seconds: 1)
    let all = try store.bytesOfObjects()
    let first = try store.collect(CollectionPolicy(budget: all - 50), dryRun: true)
    #expect(evicted(first) == [own.key])
    let second = try store.collect(CollectionPolicy(budget: all - 5000))
    #expect(Set(evicted(second)).isSuperset(of: twins))
    #expect(try !store.isIntact(output))
    #expect(try store.verify().isEmpty)
  }

  @Test func `what would free nothing is spared`() throws {
    let store = try scratch.store()
    let shared = try store.put(bytes: [UInt8](repeating: 1, count: 10_000))
    let records = try (0..<2).map { index in
      let preimage = try store.put(bytes: [2, UInt8(index)])
      let record = Record(
        key: preimage.digest, preimage: preimage.digest, outputs: ["out": shared], seconds: 1)
      try store.save(record)
      return record
    }
    try store.pin(name: "one", .result(records[0].key))
    let report = try store.collect(CollectionPolicy(budget: 0))
    #expect(report.items.isEmpty)
    #expect(try Set(store.records()) == Set(records))
  }

  @Test func `keeps pins, bytes from outside, preimages and the files of runs`() throws {
    let store = try scratch.store()
    let file = try store.put(bytes: [7, 7, 7])
    let fetched = try store.saveResult("fetch", bytes: 500, seconds: 0, kind: "fetch")
    let pinned = try store.saveResult("pinned", bytes: 500, seconds: 0)
    let other = try store.saveResult("other", bytes: 500, seconds: 10, inputs: [file])
    try store.pin(name: "keep", .result(pinned.key))
    let hash = try store.saveRun("run", [fetched, pinned, other], files: [file], at: 1)
    let report = try store.collect(CollectionPolicy(budget: 0, irreplaceableKinds: ["fetch"]))
    #expect(evicted(report) == [other.key])
    #expect(report.verifiableRuns == 1)
    #expect(try store.bytes(of: other.preimage).count > 0)
    for content in [file] + fetched.outputs.values + pinned.outputs.values {
      #expect(try store.isIntact(content))
    }
    #expect(try store.verify().isEmpty)
    #expect(try store.verify([.run(hash)]).isEmpty)
  }

  @Test func `an evicted folder goes with all that is in it, but for what others keep`() throws {
    let store = try scratch.store()
    try scratch.write([UInt8](repeating: 1, count: 100), to: "in/a/b")
    try scratch.write([UInt8](repeating: 2, count: 100), to: "in/c")
    let folder = try store.put(folderAt: "\(scratch.path)/in")
    let preimage = try store.put(bytes: [1])
    let record = Record(
      key: preimage.digest, preimage: preimage.digest, outputs: ["out": folder], seconds: 1)
    try store.save(record)
    let kept = Content(hashing: [UInt8](repeating: 2, count: 100))
    try store.pin(name: "c", .object(kept.digest))
    _ = try store.collect(CollectionPolicy(budget: 0))
    #expect(try Set(store.objects().map(\.digest)) == [preimage.digest, kept.digest])
    #expect(Scratch.files("\(store.path)/objects").count == 2)
    #expect(try store.results().first?.isEvicted == true)
    #expect(try #require(store.results().first).sizeInBytes > 200)
  }

  @Test func `a tombstone outlives the index, and tells whoever makes the result again`() throws {
    let store = try scratch.store()
    let record = try store.saveResult("stage", bytes: 1000, seconds: 1)
    _ = try store.collect(CollectionPolicy(budget: 0))
    unlink("\(store.path)/index.sqlite")
    let again = try Store(at: store.path, create: false)
    let tombstone = try #require(try again.record(for: record.key))
    #expect(tombstone.isEvicted)
    #expect(tombstone.outputs == record.outputs)
    #expect(tombstone.seconds == 1)
    #expect(try again.results().map(\.isEvicted) == [true])
    #expect(try again.verify().isEmpty)
    #expect(try again.collect().items.isEmpty)
    #expect(try again.labelled("pipeline/stage") == [record.key])

    let other = Record(
      key: record.key, preimage: record.preimage, outputs: ["out": try again.put(bytes: [9])])
    #expect(try again.save(other) == tombstone)
    #expect(try again.record(for: record.key) == other)
    #expect(try again.save(other) == other)
    #expect(try again.verify().isEmpty)
  }

  @Test func `a dry run changes nothing`() throws {
    let store = try scratch.store()
    for index in 0..<5 {
      let record = try store.saveResult("stage \(index)", bytes: 100, seconds: 1)
      try store.saveRun("run", [record], at: Double(index))
    }
    _ = try store.put(bytes: [1, 2, 3])
    let before = try Scratch.contents(store.path)
    let policy = CollectionPolicy(keepRuns: 1, budget: 0, takesPartial: true)
    #expect(try store.collect(policy, dryRun: true).items.count > 5)
    #expect(try Scratch.contents(store.path) == before)
  }

  @Test func `keeps what is young, by age or by number`() throws {
    let store = try scratch.store()
    let old = try store.saveResult("old", bytes: 10, seconds: 1, madeAt: 100)
    let young = try store.saveResult("young", bytes: 10, seconds: 1, madeAt: 900)
    let ofRun = try store.saveResult("of a run", bytes: 10, seconds: 1, madeAt: 100)
    let runs = try [100.0, 950].map { try store.saveRun("run \($0)", [ofRun], at: $0) }
    let policy = CollectionPolicy(keepSeconds: 200, now: 1000)
    let report = try store.collect(policy, dryRun: true)
    #expect(report.items.contains { $0.subject == .result(old.key) })
    #expect(!report.items.contains { $0.subject == .result(young.key) })
    #expect(report.items.contains { $0.subject == .run(runs[0], name: "run 100.0") })
    #expect(report.verifiableRuns == 1)
    let both = CollectionPolicy(keepRuns: 1, keepSeconds: 200, now: 1000)
    #expect(try store.collect(both, dryRun: true).verifiableRuns == 2)
    _ = try store.collect(policy)
    #expect(try Set(store.records()) == [young, ofRun])
  }

  @Test func `a crash between tombstone and index costs nothing`() async throws {
    let path = scratch.path
    let store = try scratch.store()
    for index in 0..<3 { try store.saveResult("stage \(index)", bytes: 500, seconds: 1) }
    for point in ["object-renamed", "evicted"] {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, point = point as String] in
        let store = try Store(at: "\(path)/cache", create: false) { name in
          if name.hasPrefix(point) { kill(getpid(), SIGKILL) }
        }
        _ = try store.collect(CollectionPolicy(budget: 0))
      }
      let again = try Store(at: store.path, create: false)
      #expect(try again.verify().isEmpty)
      #expect(try again.records().allSatisfy { !$0.isEvicted })
    }
    #expect(
      try store.collect(CollectionPolicy(budget: 0)).items.count { $0.reason == .evicted } == 3)
    #expect(try store.verify().isEmpty)
    // The preimages and the tombstones.
    #expect(Scratch.files("\(store.path)/objects").count == 3)
    #expect(Scratch.files("\(store.path)/records").count == 3)
  }
}
