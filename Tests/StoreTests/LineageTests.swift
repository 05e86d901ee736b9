import Glibc
import Store
import Testing

@Suite struct LineageTests {
  private let scratch = Scratch()

  @Test func `leads up to the files from outside and down to the last reader`() throws {
    let store = try scratch.store()
    let file = try store.put(bytes: [1])
    let first = try store.saveResult("first", bytes: 10, seconds: 1, inputs: [file])
    let out = try #require(first.outputs["out"])
    let second = try store.saveResult("second", bytes: 10, seconds: 1, inputs: [out, file])
    let third = try store.saveResult(
      "third", bytes: 10, seconds: 1, inputs: [try #require(second.outputs["out"])])
    let hash = try store.saveRun("run", [first, second, third], files: [file], at: 1)

    let up = try store.lineage(of: try #require(third.outputs["out"]).digest)
    #expect(up.up.map(\.result.key) == [third.key, second.key, first.key])
    #expect(up.up.map(\.result.stage) == ["pipeline/third", "pipeline/second", "pipeline/first"])
    #expect(up.up[2].inputs.map(\.digest) == [file.digest])
    #expect(up.up[2].inputs.flatMap(\.makers) == [])
    #expect(up.down.isEmpty)
    let down = try store.lineage(of: file.digest)
    #expect(down.up.isEmpty)
    #expect(Set(down.down.map(\.key)) == [first.key, second.key, third.key])
    #expect(down.runs == [hash])
    #expect(try store.readers(ofResult: first.key).map(\.key) == [second.key])
    #expect(try store.runs(ofResult: first.key) == [hash])

    _ = try store.collect(CollectionPolicy(budget: 0))
    #expect(try store.lineage(of: out.digest).up.map(\.result.key) == [first.key])
  }

  @Test func `goes through folders, and is not stopped by length`() throws {
    let store = try scratch.store()
    try scratch.write([1], to: "in/deep/file")
    let folder = try store.put(folderAt: "\(scratch.path)/in")
    let preimage = try store.put(bytes: [2])
    let maker = Record(
      key: preimage.digest, preimage: preimage.digest, outputs: ["out": folder], stage: "p/maker")
    try store.save(maker)
    var last = try store.saveResult(
      "0", bytes: 10, seconds: 1, inputs: [Content(hashing: [1])])
    for index in 1..<300 {
      last = try store.saveResult(
        "\(index)", bytes: 10, seconds: 1, inputs: Array(last.outputs.values))
    }
    let lineage = try store.lineage(ofResult: last.key)
    #expect(lineage.up.count == 301)
    #expect(lineage.up.last?.result.key == maker.key)
    #expect(try store.lineage(of: folder.digest).down.count == 300)
    #expect(try store.makers(of: Content(hashing: [1]).digest).map(\.key) == [maker.key])
  }
}
