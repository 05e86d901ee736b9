import Corpus
import Glibc
import Store
import Testing

/// XXH3-128 is no cryptographic hash: see ``Twins``.
@Suite struct TwinTests {
  @Test func `twins are easily made`() {
    let (left, right) = (Content(hashing: Twins.one), Content(hashing: Twins.other))
    #expect(left.digest == right.digest)
    #expect(left.size == right.size)
    #expect(left.sha256 != right.sha256)
  }

  @Test func `storing a twin is a loud error, however it comes`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    let content = try store.put(bytes: Twins.one)
    let error = StoreError.twin(
      content.digest, has: content.sha256, offered: Content(hashing: Twins.other).sha256)
    #expect(throws: error) { try store.put(bytes: Twins.other) }
    let file = try scratch.write(Twins.other, to: "in/file")
    #expect(throws: error) { try store.put(fileAt: file) }
    #expect(throws: error) { try store.put(folderAt: "\(scratch.path)/in") }
    #expect(try store.bytes(of: content.digest) == Twins.one)
  }

  @Test func `two twins in one folder are a loud error`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    try scratch.write(Twins.one, to: "in/a")
    try scratch.write(Twins.other, to: "in/b")
    #expect(throws: StoreError.self) { try store.put(folderAt: "\(scratch.path)/in") }
  }

  @Test func `a twin in an object's place is damage`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    let record = try store.saveResult("stage", output: Twins.one)
    let content = try #require(record.outputs["out"])
    func exchange() throws {
      try Scratch.overwrite(store.place(content.digest), with: Twins.other)
    }
    try exchange()
    #expect(try !store.isIntact(content))
    _ = try store.put(bytes: Twins.one)
    try exchange()
    #expect(throws: StoreError.self) { try store.bytes(of: content.digest) }
    _ = try store.put(bytes: Twins.one)
    try exchange()
    #expect(throws: StoreError.self) { try store.deliver(content, to: "\(scratch.path)/out") }
    #expect(!Scratch.exists("\(scratch.path)/out"))
    _ = try store.put(bytes: Twins.one)
    try exchange()
    let damage = try store.verify()
    #expect(damage.map(\.kind) == [.twin(found: Content(hashing: Twins.other).sha256)])
    #expect(damage.map(\.keys) == [[record.key]])
    #expect(!Scratch.exists(store.place(content.digest)))
  }
}
