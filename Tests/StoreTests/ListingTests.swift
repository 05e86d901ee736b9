import Documents
import Glibc
import Store
import Testing

@Suite struct ListingTests {
  private let scratch = Scratch()

  @Test func `says of results and runs what they are, without their files`() throws {
    let store = try scratch.store()
    let file = try store.put(bytes: [1])
    try scratch.write([1, 2, 3], to: "in/a")
    let folder = try store.put(folderAt: "\(scratch.path)/in")
    let made = try store.saveResult(
      "stage", bytes: 100, seconds: 2, kind: "pretrain", inputs: [file], madeAt: 50)
    let preimage = try store.put(bytes: [9])
    let other = Record(
      key: preimage.digest, preimage: preimage.digest, outputs: ["x": folder, "y": folder])
    try store.save(other)
    let hash = try store.saveRun("run", [made], at: 5)
    try store.addExecution(run: hash, .sample(at: 7))
    let expected = [
      made.key: (kind: "pretrain", stage: "pipeline/stage", at: 50.0, seconds: 2.0, size: 100),
      other.key: (kind: "", stage: "", at: 0.0, seconds: 0.0, size: folder.size + 3),
    ]
    // From the index as it grew, and as it is built again; records are not looked at.
    for _ in 0..<2 {
      let again = try Store(at: store.path, create: false)
      rename("\(store.path)/records", "\(store.path)/hidden")
      for it in try again.results() {
        let want = try #require(expected[it.key])
        #expect((it.kind, it.stage, it.madeAt) == (want.kind, want.stage, want.at))
        #expect((it.seconds, it.sizeInBytes, it.isEvicted) == (want.seconds, want.size, false))
      }
      #expect(try again.results().count == 2)
      #expect(try again.results(ofRun: hash).map(\.key) == [made.key])
      let run = try #require(try again.runSummaries().first)
      #expect((run.name, run.stages, run.executions) == ("run", 1, 2))
      #expect((run.startedAt, run.seconds) == (7, 1.5))
      #expect(try again.records(for: [made.key, other.key, folder.digest]).count == 2)
      #expect(try again.runs().map(\.executions.count) == [2])
      rename("\(store.path)/hidden", "\(store.path)/records")
      unlink("\(store.path)/index.sqlite")
    }
  }

  @Test func `a record's bytes are checked, in the index and in the file`() throws {
    let store = try scratch.store()
    let record = try store.saveResult("stage", bytes: 10, seconds: 1, madeAt: 3)
    #expect(try store.records(for: [record.key]) == [record.key: record])
    var bytes = try Scratch.read("\(store.path)/index.sqlite")
    let text = Array("pipeline/stage\",\"type\"".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: text) })
    bytes[place] ^= 1
    try Scratch.overwrite("\(store.path)/index.sqlite", with: bytes)
    let again = try Store(at: store.path, create: false)
    #expect(try again.record(for: record.key) == record)
  }

  @Test func `reads the records of the first version`() throws {
    let store = try scratch.store()
    let preimage = try store.put(bytes: [1])
    let output = try store.put(bytes: [2])
    let document: Value = [
      "type": "result", "key": .string(preimage.digest.description),
      "preimage": .string(preimage.digest.description), "outputs": ["out": output.value],
      "notes": .map([:]),
    ]
    let bytes = document.canonicalBytes
    let name = Digest(hashing: bytes).description
    mkdir("\(store.path)/records/\(name.prefix(2))", 0o755)
    try Scratch.overwrite(
      "\(store.path)/records/\(name.prefix(2))/\(name.dropFirst(2))", with: bytes)
    unlink("\(store.path)/index.sqlite")
    let again = try Store(at: store.path, create: false)
    #expect(
      try again.records() == [
        Record(key: preimage.digest, preimage: preimage.digest, outputs: ["out": output])
      ])
  }

  @Test func `gives back every field of a record`() throws {
    let store = try scratch.store()
    let object = try store.put(bytes: [1])
    let record = Record(
      key: object.digest, preimage: object.digest, outputs: ["a": object], notes: ["x": 1],
      madeAt: 1.5, seconds: 2.5, stage: "p/s",
      acceptances: [Acceptance(because: "the same", from: Digest(hashing: [2]), at: 3)])
    try store.save(record)
    #expect(try store.record(for: record.key) == record)
    unlink("\(store.path)/index.sqlite")
    #expect(try Store(at: store.path, create: false).records() == [record])
  }

  @Test func `labels are known again after the index was lost, newest first`() throws {
    let store = try scratch.store()
    let records = try (0..<2).map { try store.saveResult("stage \($0)", output: [UInt8($0)]) }
    try store.saveRun("p", [records[1]], at: 10)
    try store.saveRun("p", [records[0]], at: 20)
    unlink("\(store.path)/index.sqlite")
    let again = try Store(at: store.path, create: false)
    #expect(try again.labelled("p/stage 0") == [records[0].key, records[1].key])
  }

  @Test func `finds whatever a hash begins`() throws {
    let store = try scratch.store()
    let record = try store.saveResult("stage", output: [1])
    let output = try #require(record.outputs["out"])
    let hash = try store.saveRun("run", [record], at: 1)
    #expect(try store.target(matching: "\(hash)") == .run(hash))
    #expect(try store.target(matching: "\(record.key)") == .result(record.key))
    #expect(try store.target(matching: "\(output.digest)") == .object(output.digest))
    for index in 0..<40 { try store.saveResult("\(index)", output: [UInt8(index)]) }
    let first = String(record.key.description.prefix(1))
    #expect {
      try store.target(matching: first)
    } throws: { error in
      guard case .ambiguousKinds(first, let names) = error as? StoreError else { return false }
      return names.contains("result \(record.key)") && names.contains { $0.hasPrefix("object ") }
    }
    for hostile in [
      "", "x", "../..", "'; --", "%", String(repeating: "a", count: 5000), "\u{0}", "A",
    ] {
      #expect(throws: StoreError.unknownHash(hostile)) { try store.target(matching: hostile) }
      #expect(throws: StoreError.unknownObject(hostile)) { try store.object(matching: hostile) }
    }
  }

  @Test func `verifies a part, and repairs by forgetting`() throws {
    let store = try scratch.store()
    let records = try (0..<3).map {
      try store.saveResult("stage \($0)", output: PutTests.bytes(50 + $0))
    }
    let run = try store.saveRun("run", [records[0]], at: 1)
    let output = try #require(records[1].outputs["out"])
    try Tampering.flippedByte.apply(to: store.place(output.digest))
    #expect(try store.verify([.run(run), .result(records[2].key)]).isEmpty)
    let damage = try store.verify([.result(records[1].key)])
    #expect(damage.compactMap(\.digest) == [output.digest])
    #expect(damage.flatMap(\.keys) == [records[1].key])
    #expect(try store.verify([.object(output.digest)]).map(\.kind) == [.missing])
    #expect(try store.repair(store.verify()) == [records[1].key])
    #expect(try store.verify().isEmpty)
    #expect(try Set(store.records()) == [records[0], records[2]])

    let name = try #require(Scratch.files("\(store.path)/records").first)
    try Tampering.flippedByte.apply(to: "\(store.path)/records/\(name)")
    let rest = try store.verify([.run(run), .result(records[2].key)])
    #expect(rest.map(\.path) == ["\(store.path)/records/\(name)"])
  }

  /// A bit that SQLite does not look at on its own: the object that a result keeps.
  @Test func `a collection does not believe a reference that was tampered with`() throws {
    let store = try scratch.store()
    let record = try store.saveResult("stage", output: [1, 2, 3])
    let output = try #require(record.outputs["out"])
    var bytes = try Scratch.read("\(store.path)/index.sqlite")
    let pattern = Scratch.bytes(of: record.key) + Scratch.bytes(of: output.digest)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: pattern) })
    bytes[place + 31] ^= 1
    try Scratch.overwrite("\(store.path)/index.sqlite", with: bytes)
    let again = try Store(at: store.path, create: false)
    _ = try again.collect()
    #expect(try again.isIntact(output))
    #expect(try again.verify().isEmpty)
  }

  @Test func `a run that is known is recorded again without reading its snapshot`() throws {
    let store = try scratch.store()
    let record = try store.saveResult("stage", output: [1])
    let hash = try store.saveRun("run", [record], at: 1)
    // A snapshot that cannot be read would be noticed.
    let bytes = try Scratch.read(store.place(hash))
    try Scratch.overwrite(store.place(hash), with: [0])
    try store.saveRun(hash: hash, name: "run", records: ["stage 0": record.key])
    try store.saveRun(hash: hash, name: "other", records: ["stage 0": record.key])
    try Scratch.overwrite(store.place(hash), with: bytes)
    #expect(try store.runs().map(\.name) == ["other"])
  }
}
