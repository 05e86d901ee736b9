import Documents
import Engine
import Pipelines
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

  /// A snapshot of one command, as anybody may write one.
  private func snapshot(
    stage: String = "s", input: String = "x", config: [String: Value] = [:]
  ) -> Value {
    let whole: [String: Value] = [
      "run": "true", "env": [:], "tools": [], "params": [:], "outputs": ["o": "o"],
    ]
    let content = Content(hashing: Array("file".utf8))
    return [
      "type": "snapshot", "format": 1,
      "stages": [
        stage: [
          "preimage": [
            "type": "stage", "kind": "command", "version": 1,
            "config": .map(whole.merging(config) { $1 }), "inputs": [:], "outputs": ["o"],
          ],
          "inputs": [input: ["file": content.value]],
        ]
      ],
    ]
  }

  @Test func `what no pipeline file could say is no snapshot`() {
    #expect(Snapshot(value: snapshot()) != nil)
    #expect(Snapshot(value: snapshot(config: ["at": ["x": "in/here"]])) != nil)
    #expect(Snapshot(value: snapshot(config: ["checkpoints": "kept"])) != nil)
    let hostile = [
      snapshot(stage: "../../victim"), snapshot(stage: "/etc"), snapshot(stage: ".store"),
      snapshot(stage: ""), snapshot(input: "../x"), snapshot(input: "a/b"), snapshot(input: ".."),
      snapshot(config: ["outputs": ["o": "../../victim"]]),
      snapshot(config: ["outputs": ["o": "/etc/passwd"]]),
      snapshot(config: ["outputs": ["o": "inputs/x"]]),
      snapshot(config: ["at": ["x": "../planted"]]), snapshot(config: ["at": ["y": "../planted"]]),
      snapshot(config: ["checkpoints": "../kept"]), snapshot(config: ["checkpoints": "/kept"]),
      snapshot(config: ["env": ["REPRO_SEED": "1"]]), snapshot(config: ["env": ["A=B": "1"]]),
      snapshot(config: ["run": "a\0b"]), snapshot(config: ["tools": ["../tool"]]),
      snapshot(config: ["more": 1]),
    ]
    for (number, value) in hostile.enumerated() {
      #expect(Snapshot(value: value) == nil, "\(number)")
    }
  }

  @Test func `the run hash does not depend on the order of stages`() {
    let (one, two) = (stage("one", reads: []), stage("two", reads: []))
    #expect(Snapshot(stages: [one, two]).runHash == Snapshot(stages: [two, one]).runHash)
    #expect(Snapshot(stages: [one]).runHash != Snapshot(stages: [two]).runHash)
  }

  @Test(arguments: [
    .waived, Tolerance(absolute: 0, relative: 1e-5).map(Reproducibility.numeric),
  ]) func `says what counts as the same, unless every bit does`(
    reproducible: Reproducibility?
  ) throws {
    let plain = stage("one", reads: [])
    func snapshot(_ reproducible: Reproducibility) -> Snapshot {
      Snapshot(stages: [
        .init(name: "one", preimage: plain.preimage, inputs: [:], reproducible: reproducible)
      ])
    }
    #expect(snapshot(.bitwise).runHash == Snapshot(stages: [plain]).runHash)
    let other = snapshot(try #require(reproducible))
    #expect(other.runHash != Snapshot(stages: [plain]).runHash)
    let again = try #require(Snapshot(value: Value(canonical: other.canonicalBytes)))
    #expect(again.stages.map(\.reproducible) == [reproducible])
  }

  @Test(
    arguments: [
      [
        "type": "snapshot", "format": 1,
        "stages": ["a": ["preimage": [:], "inputs": [:], "reproducible": "roughly"]],
      ],
      [
        "type": "snapshot", "format": 1,
        "stages": [
          "a": [
            "preimage": [:], "inputs": [:],
            "reproducible": ["numeric": ["atol": -1.0, "rtol": 0.0]],
          ]
        ],
      ],
      [:], ["type": "snapshot"], ["type": "snapshot", "format": 2, "stages": [:]],
      ["type": "snapshot", "format": 1, "stages": ["a": [:]]],
    ] as [Value])
  func `refuses what is no snapshot`(value: Value) {
    #expect(Snapshot(value: value) == nil)
  }
}
