import Documents
import Glibc
import Store
import Testing

/// A small bundle with something wrong at each of its bytes in turn: always refused, never a trap.
@Suite struct BundleFlipTests {
  /// Ninety folders of which each has the next one twice: next to nothing, until they are laid out.
  @Test func `folders that would fill the disk are refused`() throws {
    var trees: [Digest: Tree] = [:]
    var content = Content(hashing: [1])
    for number in 0..<90 {
      let inner = content
      let tree = try Tree(entries: ["a", "b"].map { .init(name: $0, content: inner) })
      // What its list hashes to is not looked at.
      content = Content(hashing: [2, UInt8(number)], kind: .tree)
      trees[content.digest] = tree
    }
    let roots = [BundleRoot(path: "inputs/s/x", content: content)]
    #expect(throws: StoreError.tooManyEntries("inputs/s/x", most: 10_000_000)) {
      try BundleManifest.Object.all(from: roots) { try #require(trees[$0.digest]) }
    }
  }

  private let scratch = Scratch()

  /// A bundle of three objects, one of them a folder's list; the store does not care whether the
  /// snapshot is one.
  private func bundle() throws -> String {
    let store = try scratch.store()
    try scratch.write(Array("first".utf8), to: "folder/one")
    let folder = try store.put(folderAt: "\(scratch.path)/folder")
    let snapshot = try store.put(bytes: Array("snapshot".utf8))
    let result = try store.saveResult("stage", output: Array("out".utf8))
    let roots = [
      BundleRoot(path: "snapshot", content: snapshot), BundleRoot(path: "inputs", content: folder),
    ]
    let manifest = BundleManifest(
      run: snapshot.digest, name: "small", stages: ["stage": result.key],
      results: [BundleManifest.Result(result, notes: [:], hasBytes: false)],
      objects: try BundleManifest.Object.all(from: roots) { try store.tree(of: $0.digest) })
    let path = "\(scratch.path)/small.tar"
    let written = try store.export(manifest, to: path)
    #expect(try RunBundle(path).manifest == manifest)
    #expect(try RunBundle(path).sha256() == written.sha256)
    #expect(try Scratch.read(path).count == written.sizeInBytes)
    return path
  }

  @Test func `no byte can be another`() throws {
    let path = try bundle()
    let bytes = try Scratch.read(path)
    let file = open(path, O_RDWR)
    try #require(file >= 0)
    defer { close(file) }
    var taken: [String] = []
    for (place, byte) in bytes.enumerated() {
      for mask: UInt8 in [0x01, 0x20, 0x80, 0xff] {
        var other = byte ^ mask
        pwrite(file, &other, 1, off_t(place))
        do {
          _ = try RunBundle(path)
          taken.append("byte \(place) ^ \(mask)")
        } catch is BundleError {
          // As it should be.
        }
      }
      var old = byte
      pwrite(file, &old, 1, off_t(place))
    }
    #expect(taken == [])
    #expect(throws: Never.self) { try RunBundle(path) }
  }

  @Test func `it can neither be shorter nor longer`() throws {
    let path = try bundle()
    let bytes = try Scratch.read(path)
    for count in 0..<bytes.count {
      try Scratch.overwrite(path, with: Array(bytes[..<count]))
      #expect(throws: BundleError.self, "\(count) bytes") { try RunBundle(path) }
    }
    for more in [1, 511, 512, 10_240] {
      try Scratch.overwrite(path, with: bytes + [UInt8](repeating: 0, count: more))
      #expect(throws: BundleError.trailingBytes(path, count: more)) { try RunBundle(path) }
    }
  }

  @Test func `what changes between the look and the copying is not taken`() throws {
    let path = try bundle()
    let bundle = try RunBundle(path)
    var bytes = try Scratch.read(path)
    // The last object's first byte: behind it its padding, and the end.
    bytes[bytes.count - 1024 - 512] ^= 1
    let file = open(path, O_WRONLY)
    try #require(file >= 0)
    pwrite(file, bytes, bytes.count, 0)
    close(file)
    let store = try Store(at: "\(scratch.path)/other", create: true)
    #expect(throws: BundleError.self) { try store.take(bundle, preimages: []) }
    #expect(try store.runs() == [] && store.records() == [])
  }
}
