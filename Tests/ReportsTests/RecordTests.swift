import Corpus
import Documents
import Learning
import Reports
import Testing

@Suite struct ReportRecordTests {
  @Test func `columns know what they measure, and on what`() throws {
    let rows: [Value] = [
      ["epoch": 2, "test/accuracy": 0.5, "noisy/true-accuracy": nil, "train/loss": 1],
      ["epoch": 1, "test/accuracy": 0.75, "test/top-5": 0.9, "transition/normalised-error": 0.1],
      ["no epoch": 3],
    ]
    let metrics = try #require(Metrics(rows: rows))
    #expect(metrics.epochs == [1, 2])
    #expect(
      metrics.columns.map(\.name) == [
        "test/accuracy", "test/top-5", "train/loss", "transition/normalised-error",
      ])
    #expect(metrics.columns.map(\.quantity) == ["accuracy", "accuracy", "loss", "error"])
    #expect(metrics.columns.map(\.subject) == ["test", "test", "train", "transition"])
    #expect(metrics["test/accuracy"]?.best?.place == 0)
    #expect(Metrics(rows: [["epoch": 1]]) == nil)
  }

  @Test func `the error of an estimate is that of the field`() {
    let truth = Matrix(size: 2, values: [0.6, 0.4, 0.4, 0.6])
    let estimate = Matrix(size: 2, values: [0.7, 0.3, 0.4, 0.6])
    #expect(abs(estimate.estimationError(against: truth) - 0.1) < 1e-12)
  }

  @Test func `confusion counts rows by label and columns by prediction`() {
    let matrix = Matrix.confusion(labels: [0, 0, 1], predictions: [0, 1, 1])
    #expect(matrix?.values == [1, 1, 0, 1])
    #expect(Matrix.confusion(labels: [0], predictions: [-1]) == nil)
    #expect(Matrix.confusion(labels: [0, 1], predictions: [0]) == nil)
    #expect(Matrix.confusion(labels: [1 << 40], predictions: [0]) == nil)
  }

  @Test func `a study is grouped by all but the seed, with population deviations`() throws {
    let study = SampleReports.study(epochs: 2)
    #expect(study.groups.count == 8)
    #expect(study.groups[0].label == "noise.rate 0.1, noise.type pair")
    // Points 0, 1 and 2 have 0.900, 0.901 and 0.902.
    let mean = try #require(study.groups[0].mean("train-1: test/accuracy"))
    #expect(abs(mean.value - 0.901) < 1e-12)
    #expect(abs(mean.deviation - (2e-6 / 3.0).squareRoot()) < 1e-12)
    #expect(study.headlines.rows[0].prefix(4) == ["0.1", "pair", "3", "0.9010 ± 8.16e-4"])
  }

  @Test func `what is not finite is counted and not averaged`() throws {
    let mean = try #require(StudyReport.Mean([1, .nan, 3]))
    #expect(mean.value == 2 && mean.diverged == 1 && mean.text == "2.0000 ± 1.0000 (1 diverged)")
    #expect(StudyReport.Mean([.nan]) == nil)
  }

  @Test func `runs are points along what they differ in, and along nothing that follows from it`() {
    let study = StudyReport(runs: (1...3).map { SampleReports.run($0, epochs: 2) })
    // The seeds of all four stages and their rates go together: one of them tells the points apart.
    #expect(study.axes.map(\.name) == ["stages.train-1.optimizer.sgd.lr"])
    #expect(study.points.count == 3)
  }
}

@Suite struct ArtefactTests {
  private static let matrix = NPY.bytes(of: .doubles([1, 0.25, 0, 1], shape: [2, 2]))
  private static let model: [UInt8] = {
    let model = try? Model(.mlp(hidden: [3]), inputShape: [1, 2, 2], classes: 2, seed: 1)
    return model?.safetensors.bytes ?? []
  }()

  @Test func `an array shows shape, type and first rows`() {
    let summary = ArtefactSummary(Self.matrix)
    #expect(summary?.title == ".npy, float64 [2, 2]")
    #expect(summary?.lines == ["1.0000  0.2500", "0  1.0000"])
  }

  @Test func `a checkpoint shows its layers, shapes and parameters`() {
    let summary = ArtefactSummary(Self.model)
    #expect(summary?.title == "model mlp(3), input [1, 2, 2], 2 classes, 23 parameters")
    #expect(
      summary?.lines == [
        "     flat    [4]", "fc1  linear  [3]  15", "     ReLU    [3]", "fc2  linear  [2]  8",
      ])
  }

  @Test(arguments: [
    ("{\"a\":1}", "JSON, 1 entries"), ("{\"a\":1}\n{\"b\":2}\n", "JSON lines, 2 rows: a, b"),
    ("x,y\n1,2\n", "CSV, 2 rows of 2"), ("hello\n", "text"),
  ])
  func `texts are known by what they hold`(text: String, title: String) {
    #expect(ArtefactSummary(Array(text.utf8))?.title == title)
  }

  @Test func `other arrays of a safetensors file are listed`() {
    let file = Safetensors(entries: [.init("a", .floats([1, 2])), .init("b", .bytes([1]))])
    let summary = ArtefactSummary(file.bytes)
    #expect(summary?.title == "safetensors, 2 arrays, 3 numbers")
    #expect(summary?.lines == ["a  float32 [2]", "b  uint8 [1]"])
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `no bytes trap`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for whole in [Self.matrix, Self.model] {
      var bytes = whole
      for _ in 0..<4 {
        bytes[Int.random(in: 0..<min(bytes.count, 200), using: &random)] = .random(
          in: 0...255, using: &random)
      }
      _ = ArtefactSummary(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))))
      _ = ArtefactSummary(bytes)
    }
  }

  @Test func `a model that says its samples are enormous is only listed`() throws {
    let model = try Model(.resnet(ResNet(.layers18)), inputShape: [3, 32, 32], classes: 2, seed: 1)
    var file = model.safetensors
    file.metadata["input_shape"] = "3,16777216,512"
    #expect(ArtefactSummary(file.bytes)?.title.hasPrefix("safetensors, ") == true)
  }
}
