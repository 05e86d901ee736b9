import Glibc
import Store
import Testing

@Suite struct PinTests {
  private let scratch = Scratch()

  @Test func `what is pinned survives the most aggressive collection, and goes when it is let go`()
    throws
  {
    let store = try scratch.store()
    try scratch.write([1], to: "in/a/b")
    let folder = try store.put(folderAt: "\(scratch.path)/in")
    let record = try store.saveResult("pinned", output: [2])
    let ofRun = try store.saveResult("of a run", output: [3])
    let file = try store.put(bytes: [4])
    let hash = try store.saveRun("run", [ofRun], files: [file], at: 1)
    try store.saveResult("loose", output: [5])
    try store.pin(name: "a folder", .object(folder.digest))
    try store.pin(name: "result", .result(record.key))
    try store.pin(name: "run", .run(hash))
    let policy = CollectionPolicy(keepRuns: 0, keepSeconds: 0, budget: 0, now: 1e9)

    _ = try store.collect(policy)
    #expect(Set(try store.records()) == [record, ofRun])
    #expect(try store.runs().map(\.hash) == [hash])
    for content in [folder, file] + record.outputs.values + ofRun.outputs.values {
      #expect(try store.isIntact(content))
    }
    #expect(try store.verify().isEmpty)

    for pin in try store.pins() { try store.unpin(name: pin.name) }
    _ = try store.collect(policy)
    #expect(Scratch.files("\(store.path)/objects").isEmpty)
    #expect(Scratch.files("\(store.path)/records").isEmpty)
  }

  @Test func `a lost index loses no pin`() throws {
    let store = try scratch.store()
    try scratch.write([1], to: "in/a/b")
    let folder = try store.put(folderAt: "\(scratch.path)/in")
    let record = try store.saveResult("stage", output: [1])
    try store.pin(name: "x", .result(record.key))
    try store.pin(name: "folder", .object(folder.digest))
    try store.pin(name: "moved", .result(record.key))
    try store.pin(name: "moved", .object(folder.digest))
    let pins = try store.pins()
    #expect(pins.map(\.name) == ["folder", "moved", "x"])
    #expect(pins[1].target == .object(folder.digest))
    unlink("\(store.path)/index.sqlite")
    let again = try Store(at: store.path, create: false)
    #expect(try again.pins() == pins)
    _ = try again.collect(keepRuns: 0)
    #expect(try again.isIntact(folder))
    #expect(try again.records() == [record])
    #expect(try again.verify().isEmpty)
  }

  @Test(arguments: [
    "", " ", "a  b", "a/b", "../x", "a\nb", "é", String(repeating: "a", count: 101),
  ])
  func `refuses what is no name`(name: String) throws {
    let store = try scratch.store()
    let record = try store.saveResult("stage", output: [1])
    #expect(throws: StoreError.malformedPinName(name)) {
      try store.pin(name: name, .result(record.key))
    }
    #expect(throws: StoreError.unknownPin(name)) { try store.unpin(name: name) }
  }

  @Test func `refuses to pin what is not there`() throws {
    let store = try scratch.store()
    let gone = Digest(hashing: [1])
    for (target, error) in [
      (PinTarget.run(gone), StoreError.unknownRun("\(gone)")),
      (.result(gone), .unknownKey("\(gone)")),
      (.object(gone), .unknownObject("\(gone)")),
    ] {
      #expect(throws: error) { try store.pin(name: "x", target) }
    }
    #expect(try store.pins().isEmpty)
    #expect(try store.verify().isEmpty)
  }
}
