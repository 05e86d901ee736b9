import Glibc
import Store
import Testing

/// XXH3-128 is no cryptographic hash. Of 32 bytes it multiplies two words at a time, each after an
/// exclusive or with a constant of its own: a word equal to its constant makes the product zero,
/// whatever the other word is. Two blocks that do this at different words, with the same sum of
/// words, have the same digest.
@Suite struct TwinTests {
  /// The first 16 bytes of XXH3's secret.
  private static let secret: (UInt64, UInt64) = (0xbe4b_a423_396c_feb8, 0x1cad_21f7_2c81_017c)

  static let twins: ([UInt8], [UInt8]) = {
    let free: UInt64 = 0x1234_5678_9abc_def0
    func bytes(_ words: [UInt64]) -> [UInt8] {
      words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }
    return (
      bytes([secret.0, free &+ secret.1 &- secret.0, 1, 2]), bytes([free, secret.1, 1, 2])
    )
  }()

  @Test func `twins are easily made`() {
    let (left, right) = (Content(hashing: Self.twins.0), Content(hashing: Self.twins.1))
    #expect(left.digest == right.digest)
    #expect(left.size == right.size)
    #expect(left.sha256 != right.sha256)
  }

  @Test func `storing a twin is a loud error, however it comes`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    let content = try store.put(bytes: Self.twins.0)
    let error = StoreError.twin(
      content.digest, has: content.sha256, offered: Content(hashing: Self.twins.1).sha256)
    #expect(throws: error) { try store.put(bytes: Self.twins.1) }
    let file = try scratch.write(Self.twins.1, to: "in/file")
    #expect(throws: error) { try store.put(fileAt: file) }
    #expect(throws: error) { try store.put(folderAt: "\(scratch.path)/in") }
    #expect(try store.bytes(of: content.digest) == Self.twins.0)
  }

  @Test func `two twins in one folder are a loud error`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    try scratch.write(Self.twins.0, to: "in/a")
    try scratch.write(Self.twins.1, to: "in/b")
    #expect(throws: StoreError.self) { try store.put(folderAt: "\(scratch.path)/in") }
  }

  @Test func `a twin in an object's place is damage`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    let record = try store.saveResult("stage", output: Self.twins.0)
    let content = try #require(record.outputs["out"])
    func exchange() throws {
      try Scratch.overwrite(store.place(content.digest), with: Self.twins.1)
    }
    try exchange()
    #expect(try !store.isIntact(content))
    _ = try store.put(bytes: Self.twins.0)
    try exchange()
    #expect(throws: StoreError.self) { try store.bytes(of: content.digest) }
    _ = try store.put(bytes: Self.twins.0)
    try exchange()
    #expect(throws: StoreError.self) { try store.deliver(content, to: "\(scratch.path)/out") }
    #expect(!Scratch.exists("\(scratch.path)/out"))
    _ = try store.put(bytes: Self.twins.0)
    try exchange()
    let damage = try store.verify()
    #expect(damage.map(\.kind) == [.twin(found: Content(hashing: Self.twins.1).sha256)])
    #expect(damage.map(\.keys) == [[record.key]])
    #expect(!Scratch.exists(store.place(content.digest)))
  }
}
