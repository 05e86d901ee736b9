import Glibc
import Store
import Testing

@Suite struct DeliverTests {
  private let scratch = Scratch()

  @Test func `files and folders for reading alone are that, and still private copies`() throws {
    let store = try scratch.store()
    try scratch.write([1], to: "in/a")
    try scratch.write([2], to: "in/b/c")
    let content = try store.put(folderAt: "\(scratch.path)/in")
    let out = "\(scratch.path)/out"
    try store.deliver(content, to: out, readOnly: true)
    #expect(["a", "b/c"].map { Scratch.mode("\(out)/\($0)") } == [0o444, 0o444])
    #expect([out, "\(out)/b"].map(Scratch.mode) == [0o555, 0o555])
    #expect(try store.put(folderAt: out) == content)
    chmod("\(out)/a", 0o644)
    try Scratch.overwrite("\(out)/a", with: [9])
    #expect(try store.bytes(of: Content(hashing: [1]).digest) == [1])
    let folder = try store.makeWorkFolder()
    try store.deliver(content, to: "\(folder.path)/in", readOnly: true)
    folder.remove()
    #expect(!Scratch.exists(folder.path))
  }

  @Test func `modes do not depend on the mask`() async throws {
    let store = try scratch.store()
    try scratch.write([1], to: "in/a")
    _ = try store.put(folderAt: "\(scratch.path)/in")
    let path = scratch.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      umask(0o077)
      let store = try Store(at: "\(path)/cache", create: false)
      try store.deliver(store.content(at: "\(path)/in"), to: "\(path)/out")
    }
    #expect(Scratch.mode("\(path)/out") == 0o755)
    #expect(Scratch.mode("\(path)/out/a") == 0o644)
  }

  /// Around the sizes at which another way is taken.
  @Test(arguments: [1 << 17, 1 << 17 + 1, 1 << 22 - 1, 1 << 22, 9_000_001])
  func `large files come back whole, and damage is found`(size: Int) throws {
    let store = try scratch.store()
    let bytes = [UInt8]((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
    let file = try scratch.write(bytes, to: "file")
    let content = try store.put(at: file)
    #expect(content == Content(hashing: bytes))
    #expect(try store.content(at: file, paranoid: true) == content)
    try store.deliver(content, to: "\(scratch.path)/out")
    #expect(try Scratch.read("\(scratch.path)/out") == bytes)
    // The file in the store, its times put back: the bytes decide.
    for tampering in [Tampering.flippedByte, .truncated, .longer, .zeros] {
      try tampering.apply(to: store.place(content.digest))
      #expect(throws: StoreError.self) { try store.deliver(content, to: "\(scratch.path)/x") }
      #expect(!Scratch.exists("\(scratch.path)/x"))
      #expect(try store.put(at: file) == content)
    }
    try store.deliver(content, to: "\(scratch.path)/x")
  }
}
