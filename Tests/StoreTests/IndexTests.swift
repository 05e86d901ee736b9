import Corpus
import Glibc
import Store
import Testing

@Suite struct IndexTests {
  private let scratch = Scratch()

  /// A store with all kinds of things in it; closed.
  private func fill() throws -> (path: String, expected: [String]) {
    let store = try scratch.store()
    try scratch.write([1], to: "in/a")
    try scratch.write([2], to: "in/b/c")
    let folder = try store.put(folderAt: "\(scratch.path)/in")
    for index in 0..<20 {
      let record = try store.saveResult("stage \(index)", output: PutTests.bytes(10 + index))
      try store.saveRun("run \(index)", [record], files: [folder], at: Double(index))
    }
    return (store.path, try describe(store))
  }

  private func describe(_ store: Store) throws -> [String] {
    try store.objects().map { "\($0)" } + store.records().map { "\($0.key) \($0.outputs)" }
      + store.runs().map { "\($0.hash) \($0.name) \($0.records) \($0.executions.count)" }
  }

  @Test func `a deleted index is built again`() throws {
    let (path, expected) = try fill()
    unlink("\(path)/index.sqlite")
    let store = try Store(at: path, create: false)
    #expect(try describe(store) == expected)
    #expect(try store.verify().isEmpty)
  }

  static let damages: [@Sendable (inout [UInt8]) -> Void] = [
    { $0 = [] }, { $0 = Array("not a database".utf8) }, { $0.removeLast($0.count / 2) },
    { $0.removeLast(100) }, { $0 = [UInt8](repeating: 0, count: $0.count) },
    { $0.replaceSubrange(0..<4096, with: [UInt8](repeating: 0xff, count: 4096)) },
    { $0.replaceSubrange(4096..<8192, with: [UInt8](repeating: 0xff, count: 4096)) },
    { $0.replaceSubrange(100..<200, with: [UInt8](repeating: 0x41, count: 100)) },
  ]

  @Test(arguments: damages.indices)
  func `a damaged index costs no result`(number: Int) throws {
    let (path, expected) = try fill()
    var bytes = try Scratch.read("\(path)/index.sqlite")
    Self.damages[number](&bytes)
    try Scratch.overwrite("\(path)/index.sqlite", with: bytes)
    let store = try Store(at: path, create: false)
    #expect(try describe(store) == expected)
    #expect(try store.verify().isEmpty)
  }

  /// Whatever the bits say: never a wrong byte, a trap or a hang, and `verify` sets it right.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `flipped bits in the index never yield a wrong byte`(seed: UInt64) throws {
    let (path, expected) = try fill()
    var random = SplitMix64(seed: seed)
    var bytes = try Scratch.read("\(path)/index.sqlite")
    for _ in 0..<20 {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      // A version from the future is refused, not guessed at.
      if !(60..<64).contains(place) { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
    }
    try Scratch.overwrite("\(path)/index.sqlite", with: bytes)
    do {
      let store = try Store(at: path, create: false)
      for record in try store.records() {
        for content in record.outputs.values {
          guard try store.isIntact(content) else { continue }
          #expect(Content(hashing: try store.bytes(of: content.digest)) == content)
        }
      }
      _ = try store.verify()
      for index in 0..<20 {
        try store.saveResult("stage \(index)", output: PutTests.bytes(10 + index))
      }
    } catch is StoreError {}
    unlink("\(path)/index.sqlite")
    let store = try Store(at: path, create: false)
    #expect(Set(try describe(store)).isSuperset(of: expected.filter { $0.contains("outputs") }))
  }

  @Test func `an index of a newer version is refused`() throws {
    let (path, _) = try fill()
    var bytes = try Scratch.read("\(path)/index.sqlite")
    bytes[63] = 77  // the low byte of SQLite's user_version
    try Scratch.overwrite("\(path)/index.sqlite", with: bytes)
    #expect(throws: StoreError.newerStore("\(path)/index.sqlite", version: 77)) {
      try Store(at: path, create: false)
    }
    #expect(try Scratch.read("\(path)/index.sqlite") == bytes)
  }

  @Test func `an index that is damaged under an open store is built again`() throws {
    let (path, expected) = try fill()
    let store = try Store(at: path, create: false)
    let bytes = try Scratch.read("\(path)/index.sqlite")
    try Scratch.overwrite(
      "\(path)/index.sqlite", with: [UInt8](repeating: 0xee, count: bytes.count))
    #expect(try describe(store) == expected)
  }

  @Test func `a user's file that looks like a result is none`() throws {
    let store = try scratch.store()
    try store.saveResult("stage", output: [1])
    let name = try #require(Scratch.files("\(store.path)/records").first)
    let bytes = try Scratch.read("\(store.path)/records/\(name)")
    let other = String(decoding: bytes, as: UTF8.self).replacing("s:result", with: "s:result ")
    _ = try store.put(bytes: bytes)
    _ = try store.put(bytes: Array(other.utf8))
    try store.forget(key: try #require(try store.records().first).key)
    unlink("\(store.path)/index.sqlite")
    #expect(try Store(at: store.path, create: false).records().isEmpty)
  }
}
