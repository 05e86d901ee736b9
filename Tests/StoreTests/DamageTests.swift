import Glibc
import Store
import Testing

/// Each way in which an object can be damaged, and what must happen then.
enum Tampering: String, CaseIterable {
  case flippedByte, truncated, emptied, zeros, longer, link, folder, pipe, removed

  func apply(to path: String) throws {
    var bytes = try Scratch.read(path)
    switch self {
    case .flippedByte: bytes[bytes.count / 2] ^= 0x10
    case .truncated: bytes.removeLast()
    case .emptied: bytes = []
    case .zeros: bytes = [UInt8](repeating: 0, count: bytes.count)
    case .longer: bytes.append(0)
    case .link, .folder, .pipe, .removed:
      rename(path, "\(path).moved")
      // A link to the very bytes is refused all the same.
      if self == .link { symlink("\(path).moved", path) }
      if self == .folder { mkdir(path, 0o755) }
      if self == .pipe { mkfifo(path, 0o644) }
      if self != .link { unlink("\(path).moved") }
      return
    }
    try Scratch.overwrite(path, with: bytes)
  }
}

@Suite struct DamageTests {
  private let scratch = Scratch()

  private func isDamage(_ error: any Error) -> Bool { (error as? StoreError)?.isDamage == true }

  @Test(arguments: Tampering.allCases)
  func `a damaged file is never delivered`(tampering: Tampering) throws {
    let store = try scratch.store()
    let bytes = PutTests.bytes(1000)
    let content = try store.put(bytes: bytes)
    let place = store.place(content.digest)

    try tampering.apply(to: place)
    #expect { try store.bytes(of: content.digest) } throws: { isDamage($0) }
    #expect(!Scratch.exists(place))
    #expect(throws: StoreError.missing(content.digest)) { try store.bytes(of: content.digest) }

    #expect(try store.put(bytes: bytes) == content)
    try tampering.apply(to: place)
    #expect { try store.deliver(content, to: "\(scratch.path)/out") } throws: { isDamage($0) }
    #expect(!Scratch.exists("\(scratch.path)/out"))

    #expect(try store.put(bytes: bytes) == content)
    try tampering.apply(to: place)
    #expect(try !store.isIntact(content))

    // Put heals by itself.
    #expect(try store.put(bytes: bytes) == content)
    try tampering.apply(to: place)
    #expect(try store.put(bytes: bytes) == content)
    #expect(try store.bytes(of: content.digest) == bytes)

    let expected = tampering == .removed ? 0 : 4
    let quarantined = Scratch.names("\(store.path)/quarantine").filter {
      $0.hasPrefix(content.digest.description)
    }
    #expect(quarantined.count == expected)
  }

  @Test(arguments: Tampering.allCases, ["file", "list", "inner"])
  func `a damaged folder is never delivered`(tampering: Tampering, part: String) throws {
    let store = try scratch.store()
    try scratch.write(PutTests.bytes(100), to: "in/a")
    try scratch.write(PutTests.bytes(100, seed: 2), to: "in/b/c")
    let content = try store.put(folderAt: "\(scratch.path)/in")
    let inner = try #require(try store.tree(of: content.digest)["b"])
    let file = try #require(try store.tree(of: inner.digest)["c"])
    let victim = ["file": file, "list": content, "inner": inner][part] ?? content

    try tampering.apply(to: store.place(victim.digest))
    #expect { try store.deliver(content, to: "\(scratch.path)/out") } throws: { isDamage($0) }
    #expect(!Scratch.exists("\(scratch.path)/out"))
    #expect(try store.put(folderAt: "\(scratch.path)/in") == content)
    try tampering.apply(to: store.place(victim.digest))
    #expect(try !store.isIntact(content))
    #expect(try store.put(folderAt: "\(scratch.path)/in") == content)
    #expect(try store.isIntact(content))
    try store.deliver(content, to: "\(scratch.path)/out")
  }

  @Test func `two exchanged objects are both damaged`() throws {
    let store = try scratch.store()
    let contents = try [1, 2].map { try store.put(bytes: PutTests.bytes(500, seed: $0)) }
    let places = contents.map { store.place($0.digest) }
    rename(places[0], "\(scratch.path)/x")
    rename(places[1], places[0])
    rename("\(scratch.path)/x", places[1])
    for (content, other) in zip(contents, contents.reversed()) {
      #expect(throws: StoreError.damaged(content.digest, .bytes(found: other.digest))) {
        try store.bytes(of: content.digest)
      }
    }
  }

  @Test func `an edit that keeps size and times is noticed`() throws {
    let store = try scratch.store()
    let content = try store.put(bytes: PutTests.bytes(100))
    let place = store.place(content.digest)
    var before = stat()
    #expect(lstat(place, &before) == 0)
    try Tampering.flippedByte.apply(to: place)
    var times = [before.st_atim, before.st_mtim]
    #expect(utimensat(AT_FDCWD, place, &times, 0) == 0)
    chmod(place, 0o444)
    #expect(try !store.isIntact(content))
    #expect(throws: StoreError.missing(content.digest)) { try store.bytes(of: content.digest) }
  }

  @Test func `a changed stamp on good bytes is no damage`() throws {
    let store = try scratch.store()
    let content = try store.put(bytes: PutTests.bytes(100))
    let place = store.place(content.digest)
    rename(place, "\(scratch.path)/x")
    try Scratch.overwrite(place, with: try Scratch.read("\(scratch.path)/x"))
    #expect(try store.isIntact(content))
    #expect(try store.isIntact(content))
    #expect(try store.verify().isEmpty)
  }

  @Test(arguments: Tampering.allCases)
  func `verify names each damaged object and its users`(tampering: Tampering) throws {
    let store = try scratch.store()
    let records = try (0..<4).map {
      try store.saveResult("stage \($0)", output: PutTests.bytes(50 + $0))
    }
    try store.label("pipeline/one", records[1].key)
    #expect(try store.verify().isEmpty)
    let victims = try [1, 2].map { try #require(records[$0].outputs["out"]) }
    for victim in victims { try tampering.apply(to: store.place(victim.digest)) }
    // What a link pointed to is a file that does not belong there.
    let damage = try store.verify().filter { $0.kind != .unknownFile }
    #expect(Set(damage.compactMap(\.digest)) == Set(victims.map(\.digest)))
    #expect(Set(damage.flatMap(\.keys)) == [records[1].key, records[2].key])
    #expect(Set(damage.flatMap(\.users)) == ["pipeline/one", records[2].key.description])
    for victim in victims { #expect(!Scratch.exists(store.place(victim.digest))) }

    // Still missed, until it is made again or its results are forgotten.
    #expect(try store.verify().map(\.kind) == [.missing, .missing])
    try store.saveResult("stage 1", output: PutTests.bytes(51))
    try store.forget(key: records[2].key)
    #expect(try store.verify().isEmpty)
    #expect(try store.bytes(of: victims[0].digest) == PutTests.bytes(51))
  }

  @Test func `verify says what it found`() throws {
    let store = try scratch.store()
    let contents = try (1...4).map { try store.put(bytes: PutTests.bytes(10, seed: $0)) }
    let places = contents.map { store.place($0.digest) }
    try Tampering.longer.apply(to: places[0])
    try Tampering.zeros.apply(to: places[1])
    try Tampering.folder.apply(to: places[2])
    try Tampering.removed.apply(to: places[3])
    try scratch.write([1], to: "cache/objects/stray")
    var seen = 0
    let damage = try store.verify { done, total in
      #expect(done <= total)
      seen = done
    }
    #expect(seen > 0)
    let kinds: [Digest?: Damage.Kind] = [
      contents[0].digest: .size(expected: 10, found: 11),
      contents[1].digest: .bytes(found: Digest(hashing: [UInt8](repeating: 0, count: 10))),
      contents[2].digest: .notAFile(.folder), contents[3].digest: .missing, nil: .unknownFile,
    ]
    #expect(Dictionary(uniqueKeysWithValues: damage.map { ($0.digest, $0.kind) }) == kinds)
    #expect(damage.map(\.path) == damage.map(\.path).sorted())
    #expect(try store.verify().isEmpty)
  }

  @Test func `a damaged record is a miss, and named`() throws {
    let store = try scratch.store()
    let record = try store.saveResult("stage", output: [1])
    let name = try #require(Scratch.files("\(store.path)/records").first)
    try Tampering.flippedByte.apply(to: "\(store.path)/records/\(name)")
    #expect(try store.verify().map(\.path) == ["\(store.path)/records/\(name)"])
    #expect(try store.record(for: record.key) == nil)
    #expect(try store.verify().isEmpty)
    try store.save(record)
    // The index has its bytes; a result that is recorded again has its file again.
    try Tampering.truncated.apply(to: "\(store.path)/records/\(name)")
    #expect(try store.record(for: record.key) == record)
    try store.save(record)
    #expect(try store.verify().isEmpty)
    #expect(try store.record(for: record.key) == record)
  }
}
