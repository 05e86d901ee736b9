import Documents
import Glibc
import Store
import Testing

/// How long listing and collection take in a large store: 2,000 results, or as many as
/// `REPRO_SCALE` says (100,000 take a minute). The times are printed; the bounds are generous.
@Suite struct ScaleTests {
  static let count = getenv("REPRO_SCALE").flatMap { Int(String(cString: $0)) } ?? 2000

  /// Writes the files of a store with that many results, each with a preimage and an output of its
  /// own, in chains of ten stages with a run for each thousandth; the index is built from them.
  static func fill(_ path: String, results count: Int) throws {
    for folder in ["", "/objects", "/records"] { mkdir("\(path)\(folder)", 0o755) }
    for part in 0..<256 {
      let name = Digest(high: UInt64(part) << 56, low: 0).description.prefix(2)
      for folder in ["objects", "records"] { mkdir("\(path)/\(folder)/\(name)", 0o755) }
    }
    var last = Content(hashing: [])
    var chain: [String: Value] = [:]
    for index in 0..<count {
      let output = Array("output \(index)".utf8)
      let content = Content(hashing: output)
      let preimage: Value = [
        "type": "stage", "kind": .string("kind-\(index % 7)"), "index": .int(Int64(index)),
        "inputs": index % 10 == 0 ? [:] : ["in": ["xxh3": .string(last.digest.description)]],
      ]
      let key = Digest(hashing: preimage.canonicalBytes)
      try write(preimage.canonicalBytes, below: "\(path)/objects")
      try write(output, below: "\(path)/objects")
      let record: Value = [
        "type": "result", "key": .string("\(key)"), "preimage": .string("\(key)"),
        "outputs": ["out": content.value], "notes": ["results": .list([]), "warnings": .list([])],
        "made-at": .float(Double(index)), "seconds": .float(Double(index % 100)),
        "stage": .string("pipeline-\(index / 1000)/stage-\(index % 1000)"),
        "acceptances": .list([]), "evicted": false,
      ]
      try write(record.canonicalBytes, below: "\(path)/records")
      chain["stage-\(index % 1000)"] = .string("\(key)")
      if index % 1000 == 999 {
        try writeRun("pipeline-\(index / 1000)", chain, at: Double(index), below: path)
        chain = [:]
      }
      last = content
    }
  }

  private static func writeRun(
    _ name: String, _ keys: [String: Value], at time: Double, below path: String
  ) throws {
    let snapshot = Array("snapshot \(name)".utf8)
    try write(snapshot, below: "\(path)/objects")
    let hash = Value.string(Digest(hashing: snapshot).description)
    let run: Value = ["type": "run", "run": hash, "name": .string(name), "records": .map(keys)]
    try write(run.canonicalBytes, below: "\(path)/records")
    let execution: Value = [
      "type": "execution", "run": hash, "started-at": .float(time), "seconds": 1.5,
      "host": "host", "engine": "1", "engine-digest": "", "executed": 1, "reused": 2,
      "stage-seconds": [:],
    ]
    try write(execution.canonicalBytes, below: "\(path)/records")
  }

  private static func write(_ bytes: [UInt8], below path: String) throws {
    let name = Digest(hashing: bytes).description
    try Scratch.overwrite("\(path)/\(name.prefix(2))/\(name.dropFirst(2))", with: bytes)
  }

  private func timed<T>(_ what: String, atMost seconds: Double, _ body: () throws -> T) rethrows
    -> T
  {
    // Of this thread's own work: how busy the machine is besides does not count.
    let start = Self.seconds
    let result = try body()
    let taken = Self.seconds - start
    print("\(Self.count) results: \(what): \(taken) s")
    // In a debug build some twenty times what is usual.
    let share = Double(Self.count) / 100_000
    #expect(taken < 1 + seconds * 20 * share, "\(what)")
    return result
  }

  private static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  @Test func `listing and collection do not open a file for each result`() throws {
    let scratch = Scratch()
    let path = "\(scratch.path)/cache"
    let count = Self.count
    try timed("files", atMost: 60) { try Self.fill(path, results: count) }
    let store = try timed("building the index", atMost: 60) { try Store(at: path, create: false) }

    #expect(try timed("results", atMost: 0.5) { try store.results() }.count == count)
    #expect(try timed("runs", atMost: 0.1) { try store.runSummaries() }.count == count / 1000)
    let plan = try timed("dry run", atMost: 0.5) { try store.collect(dryRun: true) }
    #expect(plan.items.isEmpty)
    #expect(plan.verifiableRuns == count / 1000)
    let budget = CollectionPolicy(budget: 0)
    let eviction = try timed("dry run with a budget", atMost: 2) {
      try store.collect(budget, dryRun: true)
    }
    #expect(eviction.items.count { $0.reason == .evicted } == count)
    let keys = Array(try store.results().prefix(1000).map(\.key))
    #expect(try timed("1000 records", atMost: 0.5) { try store.records(for: keys) }.count == 1000)
    let none = CollectionPolicy(keepRuns: 0)
    let all = try timed("dry run that takes all", atMost: 1) {
      try store.collect(none, dryRun: true)
    }
    // Results, their two objects, runs and snapshots.
    #expect(all.items.count == 3 * count + 2 * (count / 1000))
    #expect(try store.results().count == count)
  }
}
