import Documents
import Engine
import Store
import Testing

@Suite struct SnapshotTests {
  private func stage(_ name: String, reads: [String]) -> Snapshot.Stage {
    let inputs = reads.map { ($0, Snapshot.Source.output(stage: $0, output: "text", item: nil)) }
    return Snapshot.Stage(
      name: name,
      preimage: Preimage(
        kind: Constant.self, config: ["text": .string(name)], seed: nil, inputs: [:]),
      inputs: Dictionary(uniqueKeysWithValues: inputs))
  }

  @Test func `reads back what it writes, and puts inputs before their readers`() throws {
    let file = Content(hashing: Array("file".utf8))
    let last = Snapshot.Stage(
      name: "a-last", preimage: stage("x", reads: []).preimage,
      inputs: [
        "text": .output(stage: "middle", output: "items", item: "only"), "file": .file(file),
      ])
    let snapshot = Snapshot(stages: [
      last, stage("middle", reads: ["zero"]), stage("zero", reads: []),
    ])
    #expect(snapshot.stages.map(\.name) == ["zero", "middle", "a-last"])
    let again = try #require(Snapshot(value: Value(canonical: snapshot.canonicalBytes)))
    #expect(again.runHash == snapshot.runHash)
    #expect(again.stages.last?.inputs == last.inputs)
  }

  @Test func `the run hash does not depend on the order of stages`() {
    let (one, two) = (stage("one", reads: []), stage("two", reads: []))
    #expect(Snapshot(stages: [one, two]).runHash == Snapshot(stages: [two, one]).runHash)
    #expect(Snapshot(stages: [one]).runHash != Snapshot(stages: [two]).runHash)
  }

  @Test(
    arguments: [
      [:], ["type": "snapshot"], ["type": "snapshot", "format": 2, "stages": [:]],
      ["type": "snapshot", "format": 1, "stages": ["a": [:]]],
    ] as [Value])
  func `refuses what is no snapshot`(value: Value) {
    #expect(Snapshot(value: value) == nil)
  }
}
