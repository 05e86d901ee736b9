import Documents
import Foundation
import Glibc
import Store
import Testing

/// Recording a result in one step, with others at the same time.
@Suite struct ResultTests {
  private let scratch = Scratch()

  @discardableResult
  private func record(
    _ name: String, _ paths: [String: String], in store: Store, notes: Value = [:],
    consuming: Bool = false
  ) throws -> Record {
    let preimage = Array("preimage of \(name)".utf8)
    return try store.record(outputs: paths, preimage: preimage, consuming: consuming) {
      outputs, digest in
      Record(key: digest, preimage: digest, outputs: outputs, notes: notes)
    }
  }

  @Test func `stores outputs, preimage and record together`() throws {
    let store = try scratch.store()
    let file = try scratch.write([1, 2], to: "file")
    try scratch.write([3], to: "folder/a")
    let record = try record("x", ["f": file, "d": "\(scratch.path)/folder"], in: store)
    #expect(record.outputs["f"] == Content(hashing: [1, 2]))
    #expect(record.outputs["d"] == (try store.content(at: "\(scratch.path)/folder")))
    #expect(try store.record(for: record.key) == record)
    #expect(try store.bytes(of: record.preimage) == Array("preimage of x".utf8))
    #expect(try store.verify().isEmpty)
    #expect(try self.record("x", ["f": file, "d": "\(scratch.path)/folder"], in: store) == record)
    #expect(Scratch.names("\(store.path)/work") == [".lock"])
    #expect(Scratch.names("\(store.path)/quarantine").isEmpty)
    // What is in the folder is known to the collector.
    let count = try store.objects().count
    #expect(try store.collect().items.isEmpty)
    #expect(try store.objects().count == count)
  }

  // MARK: Outputs that are the store's to take

  private func inode(_ path: String) -> UInt {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_ino : 0
  }

  /// Small and large files take different ways.
  @Test(arguments: [3, 5 << 20])
  func `what nobody else can write is moved, and read-only`(size: Int) throws {
    let store = try scratch.store()
    let bytes = [UInt8](repeating: 7, count: size)
    let path = try scratch.write(bytes, to: "out/file")
    let number = inode(path)
    let record = try record("x", ["d": "\(scratch.path)/out"], in: store, consuming: true)
    let place = store.place(Content(hashing: bytes).digest)
    #expect(inode(place) == number)
    var status = stat()
    #expect(lstat(place, &status) == 0 && status.st_mode & 0o7777 == 0o444)
    #expect(!Scratch.exists(path))
    #expect(try store.isIntact(#require(record.outputs["d"])))
    #expect(try store.verify().isEmpty)
    #expect(Scratch.names("\(store.path)/work") == [".lock"])
  }

  @Test(arguments: [3, 5 << 20])
  func `a file that is open or mapped for writing is copied`(size: Int) throws {
    let store = try scratch.store()
    let bytes = [UInt8](repeating: 7, count: size)
    let open = try scratch.write(bytes, to: "open")
    let mapped = try scratch.write([8] + bytes, to: "mapped")
    let descriptor = Glibc.open(open, O_RDWR)
    defer { close(descriptor) }
    let other = Glibc.open(mapped, O_RDWR)
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0)
    close(other)
    let record = try record("x", ["o": open, "m": mapped], in: store, consuming: true)
    #expect(write(descriptor, [9], 1) == 1)
    memory?.storeBytes(of: 9, as: UInt8.self)
    munmap(memory, size)
    #expect(try store.bytes(of: #require(record.outputs["o"]?.digest)) == bytes)
    #expect(try store.bytes(of: #require(record.outputs["m"]?.digest)) == [8] + bytes)
    #expect(try store.verify().isEmpty)
  }

  @Test func `a file with another name is copied`() throws {
    let store = try scratch.store()
    let file = try scratch.write([1], to: "out/a")
    try #require(link(file, "\(scratch.path)/other") == 0)
    let record = try record("x", ["d": "\(scratch.path)/out"], in: store, consuming: true)
    try Scratch.overwrite("\(scratch.path)/other", with: [2])
    #expect(try store.bytes(of: Digest(hashing: [1])) == [1])
    #expect(try store.isIntact(#require(record.outputs["d"])))
  }

  @Test func `outputs within one another, and the same twice, are all there`() throws {
    let store = try scratch.store()
    let file = try scratch.write([1], to: "out/a")
    try scratch.write([1], to: "out/b")
    let folder = "\(scratch.path)/out"
    let paths = ["d": folder, "f": file, "g": file]
    let record = try record("x", paths, in: store, consuming: true)
    let tree = try store.tree(of: #require(record.outputs["d"]?.digest))
    #expect(tree.entries.map(\.name) == ["a", "b"])
    #expect(record.outputs["f"] == record.outputs["g"])
    #expect(try store.verify().isEmpty)
  }

  @Test func `what the store has already is taken away, the object stays`() throws {
    let store = try scratch.store()
    let bytes = [UInt8](repeating: 7, count: 5 << 20)
    for round in 0..<2 {
      try scratch.write([1], to: "out/a")
      try scratch.write([1], to: "out/b")
      try scratch.write(bytes, to: "out/c")
      try scratch.write(bytes, to: "out/d")
      try record("\(round)", ["d": "\(scratch.path)/out"], in: store, consuming: true)
      #expect(Scratch.names("\(scratch.path)/out").isEmpty)
      #expect(Scratch.files("\(store.path)/objects").count == 4 + round)
    }
    #expect(try store.verify().isEmpty)
  }

  @Test func `many that are taken are synced before they are named`() throws {
    let lines = Shared<[String]>([])
    let store = try scratch.store { line in lines.withLock { $0.append(line) } }
    for index in 0..<600 {
      try scratch.write([UInt8(index & 255), UInt8(index >> 8)], to: "out/\(index)")
    }
    let record = try record("x", ["d": "\(scratch.path)/out"], in: store, consuming: true)
    let steps = lines.withLock { $0 }.map { String($0.prefix { $0 != " " }) }
    #expect(steps.count { $0 == "take" } == 600)
    let synced = try #require(steps.firstIndex(of: "sync-all"))
    #expect(try synced < #require(steps.firstIndex(of: "rename")))
    #expect(steps.lastIndex(of: "take").map { $0 < synced } == true)
    #expect(try store.isIntact(#require(record.outputs["d"])))
    #expect(try store.verify().isEmpty)
  }

  @Test func `a later result takes the place of an earlier one`() throws {
    let store = try scratch.store()
    let file = try scratch.write([1], to: "file")
    try record("x", ["f": file], in: store)
    let second = try record("x", ["f": file], in: store, notes: ["n": 2])
    #expect(try store.records() == [second])
    #expect(Scratch.files("\(store.path)/records").count == 1)
  }

  @Test func `what goes wrong records nothing`() throws {
    let store = try scratch.store()
    let file = try scratch.write([1], to: "file")
    let missing = "\(scratch.path)/missing"
    #expect(throws: StoreError.system("open", path: missing, errno: ENOENT)) {
      try record("x", ["f": file, "g": missing], in: store)
    }
    let gone = Content(hashing: [9])
    #expect(throws: StoreError.missing(gone.digest)) {
      try store.record(outputs: ["f": file], preimage: [1]) { _, digest in
        Record(key: digest, preimage: digest, outputs: ["f": gone])
      }
    }
    #expect(try store.records().isEmpty)
    #expect(Scratch.names("\(store.path)/work") == [".lock"])
    #expect(try store.verify().isEmpty)
  }

  @Test func `all is synced before it is named, and named before it is recorded`() throws {
    let lines = Shared<[String]>([])
    let store = try scratch.store { line in lines.withLock { $0.append(line) } }
    let file = try scratch.write([1], to: "file")
    let record = try record("x", ["f": file], in: store)
    let steps = lines.withLock { $0 }.map { String($0.prefix { $0 != " " }) }
    let expected = [
      ("write", 3), ("sync", 3), ("object-written", 1), ("rename", 3),
      // Two objects may share a folder.
      ("sync-folder", steps.count { $0 == "sync-folder" }), ("object-renamed", 1), ("index", 1),
      ("result-recorded", 1),
    ]
    #expect(steps == expected.flatMap { Array(repeating: $0, count: $1) })
    #expect((4...5).contains(expected[4].1))
    let renamed = lines.withLock { $0 }.filter { $0.hasPrefix("rename ") }
    // Objects before the document that names them.
    #expect(renamed.last?.hasPrefix("rename \(store.path)/records/") == true)
    #expect(renamed.dropLast().allSatisfy { $0.hasPrefix("rename \(store.path)/objects/") })
    #expect(try store.isIntact(#require(record.outputs["f"])))
  }

  @Test func `results of many threads share their syncs and transactions`() async throws {
    let lines = Shared<[String]>([])
    let store = try scratch.store { line in
      // A slow disk: while one group is synced, the others come.
      if line.hasPrefix("sync ") { usleep(2000) }
      lines.withLock { $0.append(line) }
    }
    let count = 8
    for index in 0..<count { try scratch.write([UInt8(index), 7], to: "out/\(index)") }
    let records = try await withThrowingTaskGroup(of: Record.self) { group in
      for index in 0..<count {
        group.addTask {
          try await onThread {
            try record("\(index)", ["f": "\(scratch.path)/out/\(index)"], in: store)
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let groups = lines.withLock { $0 }.count { $0 == "object-written" }
    #expect(groups < count / 2 + 1, "\(groups) groups")
    #expect(lines.withLock { $0 }.count { $0 == "result-recorded" } == count)
    #expect(try Set(store.records()) == Set(records))
    #expect(try store.verify().isEmpty)
  }

  @Test func `who fails in a group fails alone`() async throws {
    let store = try scratch.store { line in if line.hasPrefix("sync ") { usleep(2000) } }
    let gone = Content(hashing: [9, 9])
    for index in 0..<12 { try scratch.write([UInt8(index), 7], to: "out/\(index)") }
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<12 {
        group.addTask {
          await #expect(throws: Never.self) {
            try await onThread {
              let path = "\(scratch.path)/out/\(index)"
              guard index % 3 == 0 else {
                try record("\(index)", ["f": path], in: store)
                return
              }
              #expect(throws: StoreError.missing(gone.digest)) {
                try store.record(outputs: ["f": path], preimage: [UInt8(index)]) { _, digest in
                  Record(key: digest, preimage: digest, outputs: ["f": gone])
                }
              }
            }
          }
        }
      }
    }
    #expect(try store.records().count == 8)
    #expect(try store.verify().isEmpty)
  }
}

/// Runs `body` on a thread of its own: what waits there keeps no other task waiting.
func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}
