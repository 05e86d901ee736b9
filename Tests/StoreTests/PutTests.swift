import Corpus
import Glibc
import Store
import Testing

@Suite struct PutTests {
  static let sizes = [0, 1, 16, 17, 128, 129, 240, 241, 4096, 1 << 18, 1 << 18 + 1, 3_000_000]

  static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  @Test(arguments: sizes)
  func `gives back the bytes it was given`(size: Int) throws {
    let scratch = Scratch()
    let store = try scratch.store()
    let bytes = Self.bytes(size)
    let content = try store.put(bytes: bytes)
    #expect(content == Content(hashing: bytes))
    #expect(content.size == size)
    #expect(try store.bytes(of: content.digest) == bytes)
    #expect(try store.put(fileAt: scratch.write(bytes, to: "file")) == content)
    try store.deliver(content, to: "\(scratch.path)/copy")
    #expect(try Scratch.read("\(scratch.path)/copy") == bytes)
    #expect(Scratch.mode("\(scratch.path)/copy") == 0o644)
    #expect(Scratch.mode(store.place(content.digest)) == 0o444)
    #expect(Scratch.files("\(store.path)/work") == [".lock"])
  }

  @Test func `gives back the folder it was given`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    let files = [
      ("a", 10), ("b/c", 3), ("b/d/e", 0), ("b/d/f", 100_000), ("z.txt", 10), ("\u{e9}", 1),
      ("e\u{301}", 2),
    ]
    for (name, size) in files { try scratch.write(Self.bytes(size), to: "in/\(name)") }
    mkdir("\(scratch.path)/in/empty", 0o700)
    let foreseen = try store.content(at: "\(scratch.path)/in")
    #expect(try store.objects() == [])
    let content = try store.put(folderAt: "\(scratch.path)/in")
    #expect(content == foreseen)
    #expect(content.kind == .tree)
    #expect(try store.put(at: "\(scratch.path)/in") == content)
    #expect(try store.isIntact(content))

    try store.deliver(content, to: "\(scratch.path)/out")
    let names = Scratch.files("\(scratch.path)/in")
    #expect(names.count == files.count)
    #expect(Scratch.files("\(scratch.path)/out") == names)
    #expect(Scratch.names("\(scratch.path)/out").contains("empty"))
    for name in names {
      #expect(
        try Scratch.read("\(scratch.path)/out/\(name)")
          == Scratch.read("\(scratch.path)/in/\(name)"))
    }
    #expect(Scratch.mode("\(scratch.path)/out/empty") == 0o755)
    #expect(try store.put(folderAt: "\(scratch.path)/out") == content)
  }

  @Test func `a folder's list is a canonical document in the order of the names' bytes`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    for name in ["b", "a", "\u{e9}", "Z"] { try scratch.write([1], to: "in/\(name)") }
    let tree = try store.tree(of: store.put(folderAt: "\(scratch.path)/in").digest)
    #expect(tree.entries.map(\.name) == ["Z", "a", "b", "\u{e9}"])
    #expect(tree["a"] == Content(hashing: [1]))
    #expect(tree["e\u{301}"] == nil)
    let empty = try store.put(folderAt: scratch.path + "/in").digest
    #expect(try store.bytes(of: empty).starts(with: Array(#"{"entries":[{"digest":"s:"#.utf8)))
  }

  @Test func `a tree refuses names that lead elsewhere`() {
    let content = Content(hashing: [])
    for name in ["", ".", "..", "a/b", "/", "a\u{0}", String(repeating: "x", count: 256)] {
      #expect(throws: StoreError.malformedDocument("tree")) {
        try Tree(entries: [.init(name: name, content: content)])
      }
    }
    #expect(throws: StoreError.malformedDocument("tree")) {
      try Tree(entries: [.init(name: "a", content: content), .init(name: "a", content: content)])
    }
  }

  @Test func `refuses what is no plain file or folder, and follows no link`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    let target = try scratch.write([1], to: "in/target")
    let odd = "\(scratch.path)/in/odd"
    let makers: [(FileKind, () -> Int32)] = [
      (.link, { symlink(target, odd) }), (.pipe, { mkfifo(odd, 0o644) }),
      (.socket, { mknod(odd, S_IFSOCK | 0o644, 0) }),
    ]
    for (kind, make) in makers {
      #expect(make() == 0)
      #expect(throws: StoreError.notPlain(odd, kind)) { try store.put(at: odd) }
      #expect(throws: StoreError.notPlain(odd, kind)) { try store.put(fileAt: odd) }
      #expect(throws: StoreError.notPlain(odd, kind)) { try store.put(folderAt: odd) }
      #expect(throws: StoreError.notPlain(odd, kind)) {
        try store.put(folderAt: "\(scratch.path)/in")
      }
      unlink(odd)
    }
    #expect(throws: StoreError.notPlain("/dev/null", .device)) { try store.put(at: "/dev/null") }
    #expect(throws: StoreError.system("open", path: odd, errno: ENOENT)) { try store.put(at: odd) }
    #expect(try store.objects().isEmpty)
    #expect(Scratch.files("\(store.path)/work").isEmpty)
  }

  @Test func `refuses names that are not UTF-8`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    try scratch.write([1], to: "in/a")
    let name: [CChar] = Array("\(scratch.path)/in/x".utf8CString.dropLast()) + [-1, 0]
    #expect(close(creat(name, 0o644)) == 0)
    #expect(throws: StoreError.nameNotUTF8(folder: "\(scratch.path)/in")) {
      try store.put(folderAt: "\(scratch.path)/in")
    }
    unlink(name)
  }

  @Test func `refuses folders nested without end`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    let deep = "in" + String(repeating: "/d", count: 100)
    try scratch.write([1], to: "\(deep)/file")
    #expect(throws: StoreError.tooDeep("\(scratch.path)/\(deep)")) {
      try store.put(folderAt: "\(scratch.path)/in")
    }
    let fits = try store.put(folderAt: "\(scratch.path)/in/d")
    try store.deliver(fits, to: "\(scratch.path)/out")
  }

  @Test func `an object cannot be reached through what was put or delivered`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    let file = try scratch.write([1, 2, 3], to: "file")
    let content = try store.put(fileAt: file)
    try store.deliver(content, to: "\(scratch.path)/copy")
    for path in [file, "\(scratch.path)/copy"] { try Scratch.overwrite(path, with: [9, 9, 9]) }
    #expect(try store.bytes(of: content.digest) == [1, 2, 3])
  }

  @Test func `never delivers onto something`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    let content = try store.put(bytes: [1])
    let file = try scratch.write([7], to: "file")
    symlink("\(scratch.path)/nowhere", "\(scratch.path)/link")
    for path in [file, "\(scratch.path)/link", scratch.path] {
      #expect(throws: StoreError.destinationExists(path)) { try store.deliver(content, to: path) }
    }
    #expect(try Scratch.read(file) == [7])
  }

  @Test func `a folder put twice, or the same file many times, is stored once`() throws {
    let scratch = Scratch()
    let store = try scratch.store()
    for index in 0..<10 { try scratch.write([1, 2, 3], to: "in/\(index)") }
    _ = try store.put(folderAt: "\(scratch.path)/in")
    #expect(try store.objects().count == 2)
    #expect(Scratch.files("\(store.path)/objects").count == 2)
  }

  @Test(arguments: [0, 10, 1000])
  func `of a folder of many files one that is lost or damaged is missed`(others: Int) throws {
    let scratch = Scratch()
    let store = try scratch.store()
    for index in 0..<300 { try scratch.write(Self.bytes(20 + index), to: "in/\(index)") }
    for index in 0..<others { try scratch.write(Self.bytes(1000 + index), to: "more/\(index)") }
    let content = try store.put(folderAt: "\(scratch.path)/in")
    if others > 0 { _ = try store.put(folderAt: "\(scratch.path)/more") }
    #expect(try store.isIntact(content))
    let entries = try store.tree(of: content.digest).entries.map(\.content.digest).sorted()
    for digest in [try #require(entries.first), entries[150], try #require(entries.last)] {
      for tampering in [Tampering.flippedByte, .removed, .link] {
        try tampering.apply(to: store.place(digest))
        #expect(try !store.isIntact(content))
        #expect(try store.put(folderAt: "\(scratch.path)/in") == content)
        #expect(try store.isIntact(content))
      }
      // Other times on good bytes are no damage, and a list stays a list.
      let bytes = try Scratch.read(store.place(digest))
      try Scratch.overwrite(store.place(digest), with: bytes)
      try Scratch.overwrite(
        store.place(content.digest), with: Scratch.read(store.place(content.digest)))
      #expect(try store.isIntact(content))
      #expect(try store.objects().filter { $0.kind == .tree }.count == (others > 0 ? 2 : 1))
    }
  }

  @Test func `says no store, and no object`() throws {
    let scratch = Scratch()
    #expect(throws: StoreError.noStore("\(scratch.path)/x")) {
      try Store(at: "\(scratch.path)/x", create: false)
    }
    let store = try scratch.store()
    let content = Content(hashing: [5])
    #expect(throws: StoreError.missing(content.digest)) { try store.bytes(of: content.digest) }
    #expect(throws: StoreError.missing(content.digest)) {
      try store.deliver(content, to: "\(scratch.path)/y")
    }
    #expect(try !store.isIntact(content))
    let file = try store.put(bytes: [6])
    #expect(throws: StoreError.notATree(file.digest)) { try store.tree(of: file.digest) }
    _ = try Store(at: store.path, create: false)
  }
}
