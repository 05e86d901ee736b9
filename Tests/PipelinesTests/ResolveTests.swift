import Documents
import Pipelines
import Testing

@Suite struct ResolveTests {
  let text = """
    name: t-revision
    seed: 7
    params:
      noise: { type: pair, rate: 0.4 }
      who: "${params.noise.type}-${params.noise.rate}"

    stages:
      noisy:
        uses: label-noise
        inputs: { dataset: "file:data/${params.who}" }
        config: { type: "${params.noise.type}", rate: "${params.noise.rate}", map: { 7: 1, 2: 7 } }
      last:
        uses: choose-epoch
        inputs: { metrics: second.metrics, checkpoints: second.checkpoints }
        config: { by: "$${loss}" }
      first:
        uses: pretrain
        inputs: { dataset: noisy.dataset }
        config: { optimizer: adam }
      second:
        uses: pretrain
        seed: 9
        inputs: { dataset: noisy.dataset/train, checkpoint: first.checkpoints/last }
        config: { epochs: 3, optimizer: { sgd: { lr: 1 } }, patience: 4 }
    """

  @Test func `orders stages by what they read, and otherwise as written`() throws {
    #expect(try resolve(text).stages.map(\.name) == ["noisy", "first", "second", "last"])
  }

  @Test func `fills in defaults, and gives numbers the type of their field`() throws {
    let pipeline = try resolve(text)
    #expect(
      pipeline.stages[2].config == [
        "epochs": 3, "batch_size": 128, "patience": 4, "clip": nil, "augment": false,
        "milestones": [], "momenta": [0.9, 0.99], "stop": ["mode": "max", "by": "loss"],
        "optimizer": ["sgd": ["lr": 1.0]],
      ])
    #expect(pipeline.stages[1].config["optimizer"] == ["adam": ["lr": 0.001]])
  }

  @Test func `replaces params, keeping their type where they are the whole value`() throws {
    let pipeline = try resolve(text)
    #expect(pipeline.params["who"] == "pair-0.4")
    #expect(pipeline.stages[0].config["rate"] == .float(0.4))
    #expect(pipeline.stages[0].config["map"] == ["2": 7, "7": 1])
    #expect(pipeline.stages[0].inputs == ["dataset": .file("data/pair-0.4")])
    #expect(pipeline.stages[3].config["by"] == "${loss}")
  }

  @Test func `reads inputs`() throws {
    #expect(
      try resolve(text).stages[2].inputs == [
        "dataset": .output(stage: "noisy", output: "dataset", item: "train"),
        "checkpoint": .output(stage: "first", output: "checkpoints", item: "last"),
      ])
  }

  @Test func `gives a seed to the stages that draw random numbers, and to no other`() throws {
    let pipeline = try resolve(text)
    #expect(pipeline.seed == 7)
    #expect(pipeline.stages.map(\.seed) == [7, 7, 9, nil])
    #expect(try resolve(text, set: ["seed=9223372036854775807"]).stages[0].seed == 1 << 63 - 1)
  }

  @Test func `names a pipeline after its file`() throws {
    let unnamed = text.replacing("name: t-revision\n", with: "")
    #expect(try resolve(unnamed, file: "some/where/noisy.yaml").name == "noisy")
    #expect(try resolve(unnamed, file: "").name == "pipeline")
  }

  @Test func `remembers where stages are written`() throws {
    #expect(try resolve(text).stages.map(\.location.line) == [8, 16, 20, 12])
  }

  @Test func `keeps out of the key what does not belong there`() throws {
    let stage = try resolve(
      "stages: { a: { uses: fetch, config: { files: { f: { url: u, sha256: abcdefgh } } } } }"
    ).stages[0]
    #expect(stage.config == ["files": ["f": ["url": "u", "sha256": "abcdefgh"]]])
    #expect(stage.keyedConfig == ["files": ["f": ["sha256": "abcdefgh"]]])
    #expect(stage.seed == nil)
  }

  @Test(
    arguments: [
      ("", .bitwise), ("reproducible: bitwise", .bitwise), ("reproducible:", .bitwise),
      ("reproducible: none", .waived),
      ("reproducible: { numeric: { atol: 1e-6 } }", .numeric(1e-6, 0)),
      ("reproducible: { numeric: { rtol: 1, atol: 0 } }", .numeric(0, 1)),
      ("reproducible: { numeric: { atol: \"${params.a}\" } }", .numeric(0.5, 0)),
    ] as [(String, Reproducibility)])
  func `a command says what counts as the same, outside of its key`(
    line: String, expected: Reproducibility
  ) throws {
    let command = """
      params: { a: 0.5 }
      stages:
        a:
          run: go
          outputs: { o: o }
      """
    let plain = try resolve(command).stages[0]
    let pipeline = try resolve("\(command)\n    \(line)")
    #expect(pipeline.stages[0].reproducible == expected)
    #expect(pipeline.stages[0].keyedConfig == plain.keyedConfig)
    let again = try ResolvedPipeline(value: pipeline.value, kinds: SampleKinds.all)
    #expect(again.stages[0].reproducible == expected)
    #expect(Reproducibility(value: expected.value) == expected)
  }

  @Test(arguments: [
    (1.0, 1.0, true), (1.0, 1.1, true), (1.0, 1.11, false), (-1.0, -1.1, true), (0.0, 0.05, true),
    (0.0, 0.06, false), (.nan, .nan, true), (.nan, 1, false), (.infinity, .infinity, true),
    (.infinity, -.infinity, false), (1, .infinity, false),
  ])
  func `a tolerance is the distance, and the part of the recorded number`(
    recorded: Double, made: Double, isNear: Bool
  ) throws {
    let tolerance = try #require(Tolerance(absolute: 0.0500001, relative: 0.05))
    #expect(tolerance.allows(made, recorded: recorded) == isNear)
    #expect(Tolerance(absolute: -1, relative: 0) == nil)
    #expect(Tolerance(absolute: 0, relative: .infinity) == nil)
  }

  @Test func `reads back what it resolved`() throws {
    let pipeline = try resolve(text)
    let again = try ResolvedPipeline(value: pipeline.value, kinds: SampleKinds.all)
    #expect(again.value == pipeline.value)
    #expect(again.stages.map(\.name) == pipeline.stages.map(\.name))
    #expect(again.stages.map(\.keyedConfig) == pipeline.stages.map(\.keyedConfig))
  }

  @Test(arguments: [.null, [:], ["stages": [nil, 3, [:]]], ["stages": []]] as [Value])
  func `refuses to read back what was never resolved`(value: Value) {
    #expect(throws: PipelineErrors.self) {
      try ResolvedPipeline(value: value, kinds: SampleKinds.all)
    }
  }

  @Test(arguments: [
    ("{ by: x }", "{ \"by\": 'x' }"), ("{ by: x, mode: max }", "{ mode: max, by: x } # later"),
    ("{ by: x }", "\n        by: x\n"), ("{ by: \"1\" }", "{ by: '1' }"),
  ])
  func `does not care for the way things are written`(one: String, other: String) throws {
    func value(_ config: String) throws -> Value {
      try resolve(
        """
        stages:
          a:
            uses: choose-epoch
            inputs: { metrics: file:m, checkpoints: file:c }
            config: \(config)
        """
      ).value
    }
    #expect(try value(one) == value(other))
  }
}

extension Reproducibility {
  fileprivate static func numeric(_ absolute: Double, _ relative: Double) -> Reproducibility {
    Tolerance(absolute: absolute, relative: relative).map(Reproducibility.numeric) ?? .bitwise
  }
}
