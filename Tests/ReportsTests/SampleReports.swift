import Documents
import Engine
import Reports
import Store

/// Reports made by hand.
enum SampleReports {
  /// A record with these headline figures.
  static func record(_ name: String, _ figures: [(String, Double)] = []) -> Record {
    let key = Digest(hashing: Array(name.utf8))
    let results = figures.map { name, value -> Value in
      ["name": .string(name), "value": .float(value), "headline": true]
    }
    return Record(
      key: key, preimage: key, outputs: [:], notes: ["results": .list(results)], madeAt: 1_000,
      seconds: 2, stage: "sample/\(name)")
  }

  static func metrics(epochs: Int, offset: Double = 0) -> Metrics {
    let names = [
      "clean/accuracy", "noisy/true-accuracy", "test/accuracy", "test/top-5", "train/loss",
    ]
    func value(_ epoch: Int, _ index: Int) -> Double? {
      let wave = Double(epoch % 7) / 100
      return 1 / Double(epoch + index) + offset + wave
    }
    let columns = names.enumerated().map { index, name in
      Metrics.Column(name: name, values: (1...epochs).map { value($0, index) })
    }
    return Metrics(epochs: Array(1...epochs), columns: columns)
  }

  static func matrix(_ size: Int, _ seed: Int) -> Matrix {
    Matrix(
      size: size,
      values: (0..<size * size).map { Double(($0 * 7919 + seed * 104_729) % 1_000) / 1_000 })
  }

  /// Four trainings, two estimates, names and figures as given.
  static func run(
    _ number: Int, name: String = "sample", stage: String = "train", epochs: Int = 20,
    classes: Int = 10
  ) -> RunReport {
    var stages: [StageReport] = []
    for index in 1...4 {
      stages.append(
        StageReport(
          name: "\(stage)-\(index)", kind: "pretrain",
          record: record("\(number)-\(index)", [("test/accuracy", 0.9 + Double(number) / 1_000)]),
          config: ["optimizer": ["sgd": ["lr": .float(0.1 * Double(number))]]],
          seed: UInt64(number),
          inputs: index == 1
            ? []
            : [
              .init(
                name: "checkpoint", source: "\(stage)-\(index - 1).checkpoints",
                stage: "\(stage)-\(index - 1)", digest: "00")
            ],
          metrics: metrics(epochs: epochs, offset: Double(number) / 100)))
    }
    for index in 1...2 {
      stages.append(
        StageReport(
          name: "estimate-\(index)", kind: "estimate-transition",
          record: record("\(number)-e\(index)", [("estimation error", 0.1)]),
          matrices: [
            .init(name: "transition", matrix: matrix(classes, number), truth: matrix(classes, 0)),
            .init(
              name: "confusion", matrix: matrix(classes, number), truth: nil, isConfusion: true),
          ]))
    }
    let execution = Execution(
      startedAt: 1_700_000_000, seconds: 12, host: "host", engine: "0.1.0", engineDigest: "ab",
      executed: 6, reused: 0, stageSeconds: ["\(stage)-1": 2])
    return RunReport(
      name: name, hash: Digest(hashing: Array("run \(number)".utf8)), executions: [execution],
      origin: nil, stages: stages)
  }

  /// Rates × kinds × seeds: 24 points, as the study of a chapter has them.
  static func study(epochs: Int = 100, classes: Int = 10) -> StudyReport {
    var points: [StudyReport.Point] = []
    for rate in [0.1, 0.2, 0.3, 0.4] {
      for kind in ["pair", "symmetric"] {
        for seed in 1...3 {
          points.append(
            .init(
              values: [
                "noise.rate": .float(rate), "noise.type": .string(kind), "seed": .int(Int64(seed)),
              ], report: run(points.count, epochs: epochs, classes: classes)))
        }
      }
    }
    return StudyReport(name: "study", axes: ["noise.rate", "noise.type", "seed"], points: points)
  }
}
