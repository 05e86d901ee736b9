import Glibc
import Store
import Testing

/// What was read once is not read again while nothing changes, and is whenever something does.
@Suite struct SourceTests {
  private let scratch = Scratch(onDisk: true)

  /// Makes the last change look older than a step of the clock: by waiting for it.
  private func settle() { usleep(60_000) }

  /// A file that the store has read, and has no reason to read again.
  private func known(_ store: Store, _ path: String) throws {
    settle()
    _ = try store.put(at: path)
    _ = try store.put(at: path)
  }

  @Test func `an unchanged file is read once`() throws {
    let store = try scratch.store()
    let bytes = PutTests.bytes(1000)
    let file = try scratch.write(bytes, to: "in/file")
    settle()
    #expect(try readCount(of: file) { _ = try store.put(at: file) } > 0)
    #expect(try store.put(at: file) == Content(hashing: bytes))
    let reads = try readCount(of: file) { _ = try store.put(at: file) }
    #expect(reads == 0)
    #expect(try readCount(of: file) { _ = try store.content(at: file) } == 0)
    #expect(try readCount(of: file) { _ = try store.put(at: file, paranoid: true) } > 0)
    #expect(try readCount(of: file) { _ = try store.content(at: file, paranoid: true) } > 0)
    let other = try Store(at: store.path, create: false)
    #expect(try readCount(of: file) { _ = try other.put(at: file) } == 0)
  }

  @Test func `a file that was changed this moment is read again`() throws {
    let store = try scratch.store()
    let file = try scratch.write([1], to: "file")
    _ = try store.put(at: file)
    #expect(try readCount(of: file) { _ = try store.put(at: file) } > 0)
  }

  enum Edit: String, CaseIterable {
    case sameSize, sameSizeAndTime, mapped, replaced, replacedWithTimes, emptied
  }

  @Test(arguments: Edit.allCases)
  func `every edit is noticed`(edit: Edit) throws {
    let store = try scratch.store()
    let file = try scratch.write(PutTests.bytes(5000), to: "in/a/file")
    try known(store, file)
    try known(store, "\(scratch.path)/in")
    var before = stat()
    #expect(lstat(file, &before) == 0)
    var bytes = PutTests.bytes(5000, seed: 2)
    switch edit {
    case .sameSize, .sameSizeAndTime: try rewrite(file, bytes)
    case .emptied:
      bytes = []
      try rewrite(file, bytes)
    case .mapped: try map(file, bytes)
    case .replaced, .replacedWithTimes:
      try Scratch.overwrite("\(file).new", with: bytes)
      rename("\(file).new", file)
    }
    if edit == .sameSizeAndTime || edit == .replacedWithTimes || edit == .mapped {
      var times = [before.st_atim, before.st_mtim]
      #expect(utimensat(AT_FDCWD, file, &times, 0) == 0)
    }
    let content = Content(hashing: bytes)
    #expect(try store.content(at: file) == content)
    #expect(try store.put(at: file) == content)
    let folder = try store.put(at: "\(scratch.path)/in")
    #expect(folder == (try store.content(at: "\(scratch.path)/in", paranoid: true)))
    #expect(
      try store.tree(of: #require(store.tree(of: folder.digest)["a"]).digest)["file"] == content)
  }

  @Test func `a folder is read once, whatever is below it`() throws {
    let store = try scratch.store()
    for index in 0..<20 { try scratch.write([UInt8(index)], to: "in/\(index % 3)/\(index)") }
    let folder = "\(scratch.path)/in"
    settle()
    let content = try store.put(at: folder)
    let file = "\(folder)/1/4"
    #expect(try readCount(of: file) { _ = try store.put(at: folder) } == 0)
    #expect(try store.put(at: folder) == content)
    // A file more, one less, another name, one moved: each is another folder.
    let changes: [() throws -> Void] = [
      { try scratch.write([9], to: "in/2/new") }, { unlink("\(folder)/0/3") },
      { rename("\(folder)/1/1", "\(folder)/1/one") },
      { rename("\(folder)/1/one", "\(folder)/0/one") }, { mkdir("\(folder)/empty", 0o755) },
    ]
    for change in changes {
      let last = try store.put(at: folder)
      try change()
      let now = try store.put(at: folder)
      #expect(now != last)
      #expect(now == (try store.content(at: folder, paranoid: true)))
    }
    symlink("x", "\(folder)/link")
    #expect(throws: StoreError.notPlain("\(folder)/link", .link)) { try store.put(at: folder) }
  }

  @Test func `what is known and lost from the store is stored again`() throws {
    let store = try scratch.store()
    let file = try scratch.write([1, 2, 3], to: "in/file")
    let folder = "\(scratch.path)/in"
    for path in [file, folder] {
      try known(store, path)
      let content = Content(hashing: [1, 2, 3])
      try Tampering.flippedByte.apply(to: store.place(content.digest))
      let stored = try store.put(at: path)
      #expect(try store.isIntact(stored))
      #expect(try store.bytes(of: content.digest) == [1, 2, 3])
      unlink(store.place(content.digest))
      _ = try store.put(at: path)
      #expect(try store.bytes(of: content.digest) == [1, 2, 3])
      _ = try store.collect()
      _ = try store.put(at: path)
      #expect(try store.bytes(of: content.digest) == [1, 2, 3])
    }
  }

  @Test func `links are refused even if their targets are known`() throws {
    let store = try scratch.store()
    let file = try scratch.write([1], to: "file")
    try known(store, file)
    symlink(file, "\(scratch.path)/link")
    let path = "\(scratch.path)/link"
    #expect(throws: StoreError.notPlain(path, .link)) { try store.put(at: path) }
    #expect(throws: StoreError.notPlain(path, .link)) { try store.content(at: path) }
  }

  // MARK: Means

  private func rewrite(_ path: String, _ bytes: [UInt8]) throws {
    let file = open(path, O_WRONLY | O_TRUNC)
    defer { close(file) }
    #expect(file >= 0)
    #expect(bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count)
  }

  private func map(_ path: String, _ bytes: [UInt8]) throws {
    let file = open(path, O_RDWR)
    defer { close(file) }
    let pages = try #require(
      mmap(nil, bytes.count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0))
    bytes.withUnsafeBytes { source in
      if let start = source.baseAddress { pages.copyMemory(from: start, byteCount: source.count) }
    }
    #expect(msync(pages, bytes.count, MS_SYNC) == 0)
    #expect(munmap(pages, bytes.count) == 0)
  }

  /// How often the file was opened, by those who ask the kernel to be told.
  private func readCount(of path: String, _ body: () throws -> Void) throws -> Int {
    let watcher = inotify_init1(Int32(IN_NONBLOCK))
    defer { close(watcher) }
    #expect(inotify_add_watch(watcher, path, UInt32(IN_OPEN)) >= 0)
    try body()
    var buffer = [UInt8](repeating: 0, count: 4096)
    return max(0, read(watcher, &buffer, buffer.count))
  }
}
