import Glibc
import Store
import Testing

/// A process that is killed at any point leaves a store that verifies, and in which the same work
/// done again ends the same.
@Suite struct CrashTests {
  /// What the killed process does: everything that writes.
  static func work(in store: Store, folder: String) throws {
    let tree = try store.put(folderAt: folder)
    let preimage = try store.put(bytes: Array("preimage".utf8))
    let record = Record(
      key: preimage.digest, preimage: preimage.digest, outputs: ["tree": tree])
    try store.save(record)
    try store.label("pipeline/stage", record.key)
    try store.saveRun("run", [record], files: [tree], at: 1)
    _ = try store.put(bytes: Array("waste".utf8))
    try store.forget(key: try store.saveResult("other", output: [1]).key)
    _ = try store.collect()
  }

  /// Each part takes every fourth point, so that they run side by side.
  @Test(arguments: 1...4)
  func `killed at any point it leaves a store that verifies`(part: Int) async throws {
    let scratch = Scratch()
    for index in 0..<6 { try scratch.write([UInt8(index)], to: "in/\(index)") }
    let folder = "\(scratch.path)/in"
    let points = Shared(0)
    let whole = try Store(at: "\(scratch.path)/whole", create: true) { _ in
      points.withLock { $0 += 1 }
    }
    try Self.work(in: whole, folder: folder)
    let total = points.withLock { $0 }
    #expect(total > 50)

    for victim in stride(from: part, through: total, by: 4) {
      let path = "\(scratch.path)/cache-\(victim)"
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, folder = folder as String, victim = victim as Int] in
        let count = Shared(0)
        let store = try Store(at: path, create: true) { _ in
          let number = count.withLock { count in
            count += 1
            return count
          }
          if number == victim { kill(getpid(), SIGKILL) }
        }
        try CrashTests.work(in: store, folder: folder)
      }
      let store = try Store(at: path, create: false)
      #expect(try store.verify().isEmpty, "killed at point \(victim)")
      try Self.work(in: store, folder: folder)
      try store.sweepWork()
      #expect(try store.verify().isEmpty)
      #expect(try store.objects() == whole.objects())
      #expect(try store.records() == whole.records())
      #expect(Scratch.names("\(path)/work") == [".lock"])
      Scratch.remove(path)
    }
  }
}
