import Documents
import Engine
import Learning
import NoisyLabels

/// What a stage leaves that makes labels noisy: the data set, the matrix, the flips, the realised rates.
struct NoiseRecord {
  private let noise: LabelNoise
  private let dataSet: DataSet

  /// `dataSet` has the true labels.
  init(_ noise: LabelNoise, of dataSet: DataSet) {
    self.noise = noise
    self.dataSet = dataSet
  }

  static let outputs: [(name: String, isFolder: Bool, summary: String)] = [
    ("dataset", true, "the same with noisy training labels"),
    ("transition", false, "the true matrix T[i][j] = P(noisy j | clean i), float64 .npy"),
    ("flips", false, "whether each training label was changed, bool .npy"),
    ("report", false, "the realised rates, JSON lines"),
  ]

  func save(_ stage: StageContext) throws {
    try dataSet.relabelled(noise.labels, trueLabels: dataSet.train.labels)
      .save(to: stage.output("dataset"))
    try NPY.write(noise.transition.array, to: stage.output("transition"))
    try NPY.write(.flags(noise.isFlipped), to: stage.output("flips"))
    try JSONLines.write(report, to: stage.output("report"))
    if let rate = noise.rate { stage.result("flip rate", rate) }
  }

  /// One row for all samples, then one for each class.
  private var report: [Value] {
    let all: Value = [
      "class": .null, "rate": noise.rate.map(Value.float) ?? .null,
      "samples": .int(Int64(noise.labels.count)),
    ]
    return [all]
      + noise.rates.enumerated().map { label, rate in
        [
          "class": .int(Int64(label)), "rate": rate.map(Value.float) ?? .null,
          "samples": .int(Int64(noise.counts[label].reduce(0, +))),
        ]
      }
  }
}
