import Glibc
import Store
import Testing

/// System calls that fail say nothing about the store: they are errors, never misses or damage.
@Suite struct FailureTests {
  @Test func `without free descriptors nothing is lost or taken for damaged`() async throws {
    let scratch = Scratch()
    for index in 0..<6 { try scratch.write([UInt8(index)], to: "in/\(index)") }
    let (path, folder) = ("\(scratch.path)/cache", "\(scratch.path)/in")
    await #expect(processExitsWith: .success) {
      [path = path as String, folder = folder as String] in
      let store = try Store(at: path, create: true)
      let tree = try store.put(folderAt: folder)
      let record = try store.saveResult("stage", output: [1])
      try store.saveRun("run", [record], files: [tree], at: 1)
      for free in 0..<12 {
        var taken: [Int32] = []
        while true {
          let descriptor = open("/dev/null", O_RDONLY)
          guard descriptor >= 0 else { break }
          taken.append(descriptor)
        }
        for descriptor in taken.suffix(free) { close(descriptor) }
        _ = try? store.put(folderAt: folder)
        _ = try? store.put(bytes: [9, UInt8(free)])
        let isKnown = (try? store.record(for: record.key)) ?? record
        let isIntact = (try? store.isIntact(tree)) ?? true
        let damage = (try? store.verify()) ?? []
        _ = try? store.collect(keepRuns: 1)
        for descriptor in taken.dropLast(free) { close(descriptor) }
        guard isKnown == record, isIntact, damage.isEmpty else { exit(1) }
        guard try store.record(for: record.key) == record, try store.isIntact(tree) else { exit(2) }
        guard try store.verify().isEmpty, try store.runs().count == 1 else { exit(3) }
      }
    }
    let store = try Store(at: path, create: false)
    #expect(Scratch.names("\(path)/quarantine").isEmpty)
    try store.sweepWork()
    #expect(Scratch.names("\(path)/work") == [".lock"])
  }

  @Test func `a folder that cannot be written is an error that names it`() throws {
    let scratch = Scratch()
    let file = try scratch.write([1], to: "file")
    let error = StoreError.system("mkdir", path: "\(file)/cache/objects", errno: ENOTDIR)
    #expect(throws: error) { try Store(at: "\(file)/cache", create: true) }
  }
}
