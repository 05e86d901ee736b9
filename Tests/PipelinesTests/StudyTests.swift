import Documents
import Pipelines
import Testing

@Suite struct StudyTests {
  static let text = """
    name: study
    seed: 1
    params: { rate: 0.1, epochs: 2, type: pair }
    sweep: SWEEP
    stages:
      data: { uses: fetch, config: { files: { a: { url: "x:", sha256: "00000000" } } } }
      noise: { uses: label-noise, inputs: { dataset: data.files }, config: { type: "${params.type}", rate: "${params.rate}" } }
      train: { uses: pretrain, inputs: { dataset: noise.dataset }, config: { epochs: "${params.epochs}" } }
      best: { uses: choose-epoch, inputs: { metrics: train.metrics, checkpoints: train.checkpoints }, config: { by: loss } }
    """

  private func study(
    _ sweep: String, set: [String] = [], options: [String] = []
  ) throws -> Study {
    try resolve(
      study: Array(Self.text.replacing("SWEEP", with: sweep).utf8), file: "s.yaml", overrides: set,
      sweeps: options, kinds: SampleKinds.all)
  }

  private func labels(
    _ sweep: String, set: [String] = [], options: [String] = []
  ) throws -> [String] {
    let study = try study(sweep, set: set, options: options)
    return study.points.map { study.label(of: $0) }
  }

  private func complaint(_ sweep: String, options: [String] = []) -> String {
    do {
      _ = try study(sweep, options: options)
      return "fine"
    } catch {
      return "\(error)"
    }
  }

  // MARK: Points

  @Test func `multiplies, the first axis slowest`() throws {
    #expect(
      try labels("{ rate: [0.1, 0.2], seed: [1, 2] }")
        == ["rate=0.1 seed=1", "rate=0.1 seed=2", "rate=0.2 seed=1", "rate=0.2 seed=2"])
  }

  @Test func `each point is the pipeline with its values set`() throws {
    for point in try study("{ rate: [0.1, 0.2], seed: 1..2, stages.train.epochs: [3, 4] }").points {
      let set = zip(["rate", "seed", "stages.train.epochs"], point.values).map {
        "\($0)=\($1.flowText)"
      }
      #expect(try point.pipeline.value == resolve(plain, set: set).value)
    }
  }

  private var plain: String { Self.text.replacing("sweep: SWEEP", with: "") }

  @Test func `lists of a zip go together`() throws {
    #expect(
      try labels("{ zip: { rate: [0.1, 0.2], epochs: [5, 6] }, seed: [1, 2] }")
        == [
          "rate=0.1 epochs=5 seed=1", "rate=0.1 epochs=5 seed=2", "rate=0.2 epochs=6 seed=1",
          "rate=0.2 epochs=6 seed=2",
        ])
  }

  @Test func `leaves out what is excluded`() throws {
    #expect(
      try labels("{ type: [pair, map], rate: [0.1, 1.0], exclude: [{ type: map, rate: 1 }] }")
        == ["type=pair rate=0.1", "type=pair rate=1.0", "type=map rate=0.1"])
  }

  @Test(arguments: [
    ("1..3", ["1", "2", "3"]), ("5..30..5", ["5", "10", "15", "20", "25", "30"]),
    ("3..1..-1", ["3", "2", "1"]), ("-1..1", ["-1", "0", "1"]),
    ("0.1..0.5..0.1", ["0.1", "0.2", "0.3", "0.4", "0.5"]), ("1..4..2", ["1", "3"]),
    ("0..1..0.25", ["0.0", "0.25", "0.5", "0.75", "1.0"]), ("[1..2, 7]", ["1", "2", "7"]),
  ])
  func `ranges are exact`(range: String, values: [String]) throws {
    let study = try study("{ rate: [0.5] }", options: ["params.epochs=9"])
    #expect(study.points.count == 1)
    let swept = try resolve(
      study: Array(
        """
        params: { x: 0 }
        sweep: { x: \(range) }
        stages: { data: { uses: fetch, config: { files: { "${params.x}": { url: "x:", sha256: "00000000" } } } } }
        """.utf8.map { $0 }), file: "s", kinds: SampleKinds.all)
    #expect(swept.axes[0].values.map(\.flowText) == values)
  }

  @Test func `options sweep besides and instead`() throws {
    #expect(
      try labels("{ rate: [0.1, 0.2] }", options: ["seed=1..2", "rate=0.3"])
        == ["seed=1", "seed=2"])
    #expect(try labels("{}", options: ["type=pair,map"]) == ["type=pair", "type=map"])
    #expect(try labels("{}", options: ["epochs=[1, 2]"]) == ["epochs=1", "epochs=2"])
  }

  @Test func `an override leaves the one value`() throws {
    let study = try study(
      "{ zip: { rate: [0.1, 0.2], epochs: [5, 6] }, seed: 1..3 }", set: ["seed=7", "epochs=8"])
    #expect(study.points.map { study.label(of: $0) } == ["rate=0.1", "rate=0.2"])
    #expect(study.points.allSatisfy { $0.pipeline.seed == 7 })
    #expect(study.overrides(of: study.points[1]) == ["rate=0.2", "epochs=8", "seed=7"])
  }

  @Test func `of lists that go together an override leaves the places that have it`() throws {
    let zip = "{ zip: { rate: [0.1, 0.2, 0.1], epochs: [5, 6, 7] } }"
    let study = try study(zip, set: ["rate=0.1"])
    #expect(study.points.map { study.label(of: $0) } == ["epochs=5", "epochs=7"])
    let other = try self.study(zip, set: ["rate=0.3"])
    #expect(other.points.map { $0.pipeline.params["rate"] } == [0.3, 0.3, 0.3])
  }

  /// Of several overrides the later wins, also where one is a part of another, and of what is swept.
  @Test func `overrides around what is swept and inside it hold`() throws {
    let text = """
      params: { noise: { rate: 0.1, type: pair } }
      sweep: SWEEP
      stages: { noise: { uses: label-noise, inputs: { dataset: file:d }, config: { type: "${params.noise.type}", rate: "${params.noise.rate}" } } }
      """
    func rates(_ sweep: String, _ set: [String]) throws -> [Value?] {
      try resolve(
        study: Array(text.replacing("SWEEP", with: sweep).utf8), file: "s.yaml", overrides: set,
        kinds: SampleKinds.all
      ).points.map { $0.pipeline.stages[0].config["rate"] }
    }
    let swept = "{ noise.rate: [0.2, 0.4] }"
    let around = "noise={ rate: 0.9, type: map }"
    #expect(try rates(swept, [around]) == [0.9])
    #expect(try rates(swept, ["noise.rate=0.4", around]) == [0.9])
    #expect(try rates(swept, [around, "noise.rate=0.3"]) == [0.3])
    #expect(
      try rates(
        "{ noise: [{ rate: 0.2, type: map }, { rate: 0.4, type: map }] }", ["noise.rate=0.7"])
        == [0.7, 0.7])
  }

  @Test func `what names a point is read back as that point`() throws {
    let odd = #"{ stages.best.by: ["a b", "true", "1", "x#y", "-", "é"] }"#
    let study = try study(odd)
    for point in study.points {
      let alone = try self.study(odd, set: study.overrides(of: point))
      #expect(alone.points.count == 1)
      #expect(alone.points[0].pipeline.value == point.pipeline.value)
    }
  }

  // MARK: What is shared

  @Test func `a stage that points share is there once`() throws {
    let study = try study("{ rate: [0.1, 0.2], epochs: [5, 6, 7] }")
    #expect(
      study.whole.stages.map(\.name) == [
        "data", "noise@rate=0.1", "train@rate=0.1,epochs=5", "best@rate=0.1,epochs=5",
        "train@rate=0.1,epochs=6", "best@rate=0.1,epochs=6", "train@rate=0.1,epochs=7",
        "best@rate=0.1,epochs=7", "noise@rate=0.2", "train@rate=0.2,epochs=5",
        "best@rate=0.2,epochs=5", "train@rate=0.2,epochs=6", "best@rate=0.2,epochs=6",
        "train@rate=0.2,epochs=7", "best@rate=0.2,epochs=7",
      ])
    #expect(study.names(of: "noise") == ["noise@rate=0.1", "noise@rate=0.2"])
    #expect(study.names(of: "data") == ["data"] && study.names(of: "nobody").isEmpty)
  }

  /// Whatever is swept: names are different, every point finds its stages, and reads from its own.
  @Test func `the whole holds each point`() throws {
    for sweep in [
      "{ rate: [0.1, 0.2], seed: 1..3, epochs: [1, 2] }",
      "{ zip: [{ rate: [0.1, 0.2], epochs: [1, 2] }], type: [pair, map], exclude: { type: map, rate: 0.2 } }",
      #"{ stages.best.by: ["a/b", "a b", "a-b", "\#(String(repeating: "l", count: 300))"] }"#,
      "{ rate: [0.1, 0.2], epochs: [1, 2], exclude: [{ rate: 0.1, epochs: 1 }, { rate: 0.2, epochs: 2 }] }",
    ] {
      let study = try study(sweep)
      let whole = Dictionary(
        study.whole.stages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
      #expect(whole.count == study.whole.stages.count)
      #expect(whole.keys.allSatisfy { $0.utf8.count <= 100 && !$0.contains("/") })
      for point in study.points {
        let names = Dictionary(
          uniqueKeysWithValues: zip(point.pipeline.stages.map(\.name), point.stages))
        for (stage, name) in zip(point.pipeline.stages, point.stages) {
          let shared = try #require(whole[name])
          #expect(shared.config == stage.config && shared.seed == stage.seed)
          for (input, reference) in stage.inputs {
            guard case .output(let from, let output, let item) = reference else { continue }
            #expect(
              shared.inputs[input]
                == .output(stage: try #require(names[from]), output: output, item: item))
          }
        }
      }
    }
  }

  @Test func `a pipeline is a study of one point under its own names`() throws {
    let pipeline = try resolve(plain)
    for study in [Study(pipeline), try study("{}"), try study("{ seed: [1] }")] {
      #expect(study.points.count == 1 && study.whole.value == pipeline.value)
      #expect(study.points[0].stages == pipeline.stages.map(\.name))
    }
  }

  // MARK: Errors

  @Test(arguments: [
    (
      "[1]",
      "s.yaml:4:8: 'sweep' must be a map of params, each with a list of values, but is a list"
    ),
    (
      "{ rate: 0.1 }",
      "what 'rate' is swept over must be a list of values, or a range like 1..3, but is 0.1"
    ),
    ("{ rate: [] }", "what 'rate' is swept over must be a list of values"),
    ("{ rate: high }", "what 'rate' is swept over must be a list of values"),
    ("{ rate: [0.1, 0.10] }", "'rate' is swept over 0.1 twice"),
    ("{ rat: [0.1] }", "did you mean 'rate'?"),
    ("{ rate: [0.1, 7] }", "'rate' in stage 'noise' must be from 0 to 1, but is 7"),
    ("{ epochs: 3..1 }", "the range '3..1' has no numbers in it"),
    ("{ epochs: 1..9..0 }", "the range '1..9..0' has no numbers in it"),
    ("{ epochs: 1..999999 }", "more than 100000 points"),
    ("{ seed: 1..999, epochs: 1..999 }", "more than 100000 points"),
    ("{ seed: 1..99999, epochs: 1..99999, stages.best.seed: 1..99999 }", "more than 100000 points"),
    (
      "{ zip: { rate: [0.1], epochs: [1, 2] } }",
      "'rate' has 1 values and 'epochs' has 2, but they go together"
    ),
    ("{ zip: 3 }", "'zip' of 'sweep' must be a list of maps, but is 3"),
    (
      "{ rate: [0.1], zip: { rate: [0.2], epochs: [1] } }", "'rate' is given twice, first in line 4"
    ),
    ("{ rate: [0.1], params.rate: [0.2] }", "'rate' is given twice"),
    ("{ rate: [0.1, 0.2], exclude: { rat: 0.1 } }", "did you mean 'rate'?"),
    (
      "{ rate: [0.1, 0.2], exclude: { rate: 0.3 } }",
      "'rate' in a point that is excluded cannot be '0.3'"
    ),
    ("{ rate: [0.1], exclude: { rate: 0.1 } }", "'exclude' leaves no point of the sweep"),
    ("{ epochs: 0..9223372036854775807 }", "more than 100000 points"),
    ("{ epochs: 1..9223372036854775808 }", "has no numbers in it"),
    ("{ epochs: [1...3] }", "the range '1...3' has no numbers in it"),
    ("{ rate: [0, 0.0] }", "'rate' is swept over 0.0 twice"),
    (
      "{ stages.train.stop: [{}], stages.train.stop.by: [a] }",
      "both swept, and one is a part of the other"
    ),
    ("{ stages.x: [1] }", "there is nothing called 'stages.x' to set"),
    ("{ stages.nobody.seed: [1] }", "there is nothing called 'stages.nobody' to set"),
  ])
  func `says what is wrong with a sweep`(sweep: String, said: String) {
    #expect(complaint(sweep).contains(said), "\(complaint(sweep))")
  }

  @Test(arguments: ["", "=", "rate", "rate=", "rate=[", "rate={a: 1", ".=1", "rate=#"])
  func `refuses an option that sweeps nothing`(option: String) {
    let said = complaint("{}", options: [option])
    #expect(said.hasPrefix("--sweep ") && said.contains("fix:"), "\(said)")
  }

  @Test func `one pipeline is asked for, not many`() {
    #expect(
      verdict(Self.text.replacing("SWEEP", with: "{ seed: 1..3 }")).contains("swept over 3 points"))
  }
}
