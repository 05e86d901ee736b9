import Documents
import Store
import Testing

@Suite struct RecordTests {
  private let scratch = Scratch()

  @Test func `gives back the record it was given`() throws {
    let store = try scratch.store()
    let record = Record(
      key: Digest(hashing: [1]), preimage: try store.put(bytes: [2]).digest,
      outputs: ["a": try store.put(bytes: [3]), "b": try store.put(bytes: [])],
      notes: ["loss": 0.25, "list": [1, nil, "x"]])
    #expect(try store.record(for: record.key) == nil)
    try store.save(record)
    try store.save(record)
    #expect(try store.record(for: record.key) == record)
    #expect(try store.records() == [record])
    #expect(try Store(at: store.path, create: false).record(for: record.key) == record)
  }

  @Test func `refuses a record whose objects are not stored`() throws {
    let store = try scratch.store()
    let here = try store.put(bytes: [1])
    let gone = Content(hashing: [2])
    #expect(throws: StoreError.missing(gone.digest)) {
      try store.save(Record(key: here.digest, preimage: gone.digest, outputs: [:]))
    }
    #expect(throws: StoreError.missing(gone.digest)) {
      try store.save(Record(key: here.digest, preimage: here.digest, outputs: ["x": gone]))
    }
    #expect(try store.record(for: here.digest) == nil)
    #expect(try store.verify().isEmpty)
  }

  @Test func `a later result takes the place of an earlier one`() throws {
    let store = try scratch.store()
    let first = try store.saveResult("stage", output: [1])
    let second = try store.saveResult("stage", output: [2])
    #expect(first.key == second.key)
    #expect(try store.records() == [second])
    #expect(Scratch.files("\(store.path)/records").count == 1)
    try store.forget(key: first.key)
    #expect(try store.records().isEmpty)
    #expect(Scratch.files("\(store.path)/records").isEmpty)
    try store.forget(key: first.key)
  }

  @Test func `finds a key by its beginning`() throws {
    let store = try scratch.store()
    let keys = try (0..<40).map { try store.saveResult("stage \($0)", output: [1]).key }
    for key in keys { #expect(try store.key(matching: key.description) == key) }
    let shared = Set(keys.map { $0.description.prefix(1) }).first { letter in
      keys.count { $0.description.hasPrefix(letter) } > 1
    }
    let prefix = String(try #require(shared))
    let candidates = keys.filter { $0.description.hasPrefix(prefix) }.sorted()
    #expect(throws: StoreError.ambiguous(prefix, candidates)) { try store.key(matching: prefix) }
    let hostile = ["", "x", "../..", "'; --", "%", String(repeating: "a", count: 5000), "\u{0}"]
    for prefix in hostile {
      #expect(throws: StoreError.unknownKey(prefix)) { try store.key(matching: prefix) }
      #expect(throws: StoreError.unknownRun(prefix)) { try store.run(matching: prefix) }
    }
  }

  @Test func `remembers the keys under a label, newest first`() throws {
    let store = try scratch.store()
    let keys = (0..<3).map { Digest(hashing: [UInt8($0)]) }
    for key in keys { try store.label("p/s", key) }
    try store.label("p/other", keys[0])
    #expect(try store.labelled("p/s") == [keys[2], keys[1], keys[0]])
    try store.label("p/s", keys[0])
    #expect(try store.labelled("p/s") == [keys[0], keys[2], keys[1]])
    #expect(try store.labelled("p") == [])
  }

  @Test func `lists objects and space`() throws {
    let store = try scratch.store()
    try scratch.write([1, 2], to: "in/file")
    let tree = try store.put(folderAt: "\(scratch.path)/in")
    #expect(try store.objects().sorted { $0.size < $1.size } == [Content(hashing: [1, 2]), tree])
    let usage = try store.usage()
    #expect(usage.files == .init(count: 1, bytes: 2))
    #expect(usage.trees == .init(count: 1, bytes: tree.size))
    #expect(usage.quarantine == .zero)
    #expect(usage.index.bytes > 0)
  }
}
