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
    _ name: String, _ paths: [String: String], in store: Store, notes: Value = [:]
  ) throws -> Record {
    let preimage = Array("preimage of \(name)".utf8)
    return try store.record(outputs: paths, preimage: preimage) { outputs, digest in
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
