import Documents
import Foundation
import Store
import Testing

/// States that stages go on from: whole or not at all.
@Suite struct PartialFolderTests {
  private let scratch = Scratch()

  private func write(_ text: String, to path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  /// A folder in which two states were kept, the second with two outputs.
  private func folder(_ name: String = "key") throws -> (PartialFolder, PartialState) {
    let folder = PartialFolder(path: "\(scratch.path)/\(name)")
    try write("one", to: "\(folder.outputs)/a/1")
    let first = try folder.save(
      done: 1, seconds: 2, note: ["n": 1], files: ["a/1"], after: nil,
      write: { try write("first", to: $0) })
    try write("two", to: "\(folder.outputs)/a/2")
    let second = try folder.save(
      done: 2, seconds: 3, note: ["n": 2], files: ["a/1", "a/2"], after: first,
      write: { try write("second", to: $0) })
    return (folder, second)
  }

  @Test func `what was kept last is read back, and the earlier data is gone`() throws {
    let (folder, kept) = try folder()
    let state = try #require(try folder.state())
    #expect(state == kept)
    #expect(state.done == 2 && state.seconds == 3 && state.note == ["n": 2])
    #expect(try String(contentsOfFile: folder.data(of: state), encoding: .utf8) == "second")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["data-2", "outputs", "state.json"])
  }

  @Test func `every bit of the document and of the data is checked`() throws {
    let (folder, _) = try folder()
    for name in ["state.json", "data-2"] {
      let path = "\(folder.path)/\(name)"
      let bytes = try Data(contentsOf: URL(filePath: path))
      for place in bytes.indices {
        var changed = bytes
        changed[place] ^= 0x10
        try changed.write(to: URL(filePath: path))
        #expect(try folder.state() == nil, "\(name), byte \(place)")
      }
      for length in 0..<bytes.count {
        try bytes.prefix(length).write(to: URL(filePath: path))
        #expect(try folder.state() == nil, "\(name), \(length) bytes")
      }
      try bytes.write(to: URL(filePath: path))
      #expect(try folder.state() != nil)
    }
  }

  @Test func `restoring leaves what the state counts on and nothing else`() throws {
    let (folder, kept) = try folder()
    try write("half a thi", to: "\(folder.outputs)/a/3")
    try write("stray", to: "\(folder.outputs)/b/c/d")
    try write("of a save that was killed", to: "\(folder.path)/data-3")
    try FileManager.default.removeItem(atPath: "\(folder.outputs)/a/1")
    try write("tow", to: "\(folder.outputs)/a/2")
    let store = try scratch.store()
    _ = try store.put(bytes: Array("one".utf8))
    _ = try store.put(bytes: Array("two".utf8))
    #expect(try folder.restore(folder.state(), fetch: store.fetch) == kept)
    #expect(Scratch.files(folder.outputs).count == 2)
    #expect(try String(contentsOfFile: "\(folder.outputs)/a/1", encoding: .utf8) == "one")
    #expect(try String(contentsOfFile: "\(folder.outputs)/a/2", encoding: .utf8) == "two")
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/data-3"))
  }

  @Test func `where something cannot be had there is no state, and nothing is left of it`() throws {
    let (folder, _) = try folder()
    try FileManager.default.removeItem(atPath: "\(folder.outputs)/a/1")
    let store = try scratch.store()
    #expect(try folder.restore(folder.state(), fetch: store.fetch) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    #expect(try folder.state() == nil)
  }

  @Test func `a document that names a file elsewhere is none`() throws {
    let (folder, _) = try folder()
    let text = try String(contentsOfFile: "\(folder.path)/state.json", encoding: .utf8)
    for path in ["../x", "/etc/passwd", "a/../../x", "a//1", "."] {
      let line = String(text.split(separator: "\n")[0]).replacing("\"a/2\":", with: "\"\(path)\":")
      try #require(line.contains("\"\(path)\":"))
      // With its right digest: the path alone is wrong.
      let digest = Digest(hashing: Array(line.utf8))
      try write("\(line)\n\(digest)\n", to: "\(folder.path)/state.json")
      #expect(try folder.state() == nil, "\(path)")
    }
  }

  @Test func `one run has a folder; another finds it taken, and can have it when that ends`() throws
  {
    let store = try scratch.store()
    let key = Digest(hashing: [1])
    var hold = try store.holdPartial(key)
    #expect(hold != nil)
    #expect(try store.holdPartial(key) == nil)
    hold = nil
    let again = try #require(try store.holdPartial(key))
    again.remove()
    #expect(!FileManager.default.fileExists(atPath: again.folder.path))
    // It is made anew, while the first holder still holds what it removed.
    #expect(try store.holdPartial(key) != nil)
    withExtendedLifetime(again) {}
  }
}
