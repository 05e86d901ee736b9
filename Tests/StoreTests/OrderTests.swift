import Store
import Testing

/// Durable before visible: the order in which a store changes its files.
@Suite struct OrderTests {
  private final class Log: Sendable {
    private let lines = Shared<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    func take() -> [String] {
      lines.withLock { lines in
        defer { lines = [] }
        return lines
      }
    }
  }

  private let scratch = Scratch()

  private func steps(_ lines: [String]) -> [String] {
    lines.compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  @Test func `one object: write, sync, rename, sync the folder, enter`() throws {
    let log = Log()
    let store = try scratch.store(testHook: log.add)
    let content = try store.put(bytes: [1, 2, 3])
    let lines = log.take()
    #expect(
      steps(lines) == [
        "write", "sync", "object-written", "rename", "sync-folder", "sync-folder",
        "object-renamed", "index",
      ])
    #expect(lines[0].dropFirst(6) == lines[1].dropFirst(5))
    #expect(lines[3] == "rename \(store.place(content.digest))")
    let place = store.place(content.digest)
    #expect(lines[4] == "sync-folder \(place.prefix(place.utf8.count - 31))")
    #expect(lines[5] == "sync-folder \(store.path)/objects")
    _ = try store.put(bytes: [1, 2, 3])
    #expect(log.take().isEmpty)
  }

  @Test
  func `many objects: all are synced before any is renamed, all renamed before any is entered`()
    throws
  {
    let log = Log()
    let store = try scratch.store(testHook: log.add)
    for index in 0..<50 { try scratch.write([1, UInt8(index)], to: "in/\(index)") }
    _ = try store.put(folderAt: "\(scratch.path)/in")
    let lines = steps(log.take())
    #expect(
      lines == Array(repeating: "write", count: 51) + ["sync-all", "object-written"]
        + Array(repeating: "rename", count: 51) + ["sync-all", "object-renamed", "index"])
  }

  @Test func `what is not entered yet is not there`() throws {
    let path = "\(scratch.path)/cache"
    let content = Content(hashing: [1, 2, 3])
    let seen = Shared<[Bool]>([])
    _ = try Store(at: path, create: true)
    let other = try Store(at: path, create: false)
    let store = try Store(at: path, create: false) { point in
      guard ["object-written", "object-renamed"].contains(point) else { return }
      let isThere = (try? other.isIntact(content)) ?? true
      seen.withLock { $0.append(isThere) }
    }
    _ = try store.put(bytes: [1, 2, 3])
    #expect(seen.withLock { $0 } == [false, false])
    #expect(try other.isIntact(content))
  }

  @Test func `a result is recorded after its document is durable, a look-up is told`() throws {
    let log = Log()
    let store = try scratch.store(testHook: log.add)
    let record = try store.saveResult("stage", output: [1])
    let lines = steps(log.take())
    #expect(
      lines.suffix(8) == [
        "write", "sync", "object-written", "rename", "sync-folder", "sync-folder",
        "object-renamed", "result-recorded",
      ])
    _ = try store.record(for: record.key)
    #expect(log.take() == ["lookup-done"])
  }
}
