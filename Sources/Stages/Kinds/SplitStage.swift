import Documents
import Engine
import Learning
import NoisyLabels
import Pipelines
import Tensors

/// Cuts a validation fold from the training part.
enum SplitStage: StageKind {
  static let name = "split"
  static let summary = "cut a validation fold from the training part, or both from some of it"
  static let inputs: [KindSignature.Input] = [.init("dataset", "what is cut")]
  static let outputs: [KindSignature.Output] = [
    .init("dataset", isFolder: true, "the same, with folds"),
    .init("report", "sizes, and whether the cut is stratified, JSON lines"),
  ]
  static let usesSeed = true
  static let arithmetic: Int? = Arithmetic.version

  struct Config: Sendable {
    let validation: SplitSize
    let training: Int?
    let stratified: Bool
    let rare: RareClassPolicy
  }

  static func read(_ fields: inout FieldReader) -> Config {
    let validation = fields.float(
      "validation", default: 0.1, in: 0.000_001...1_000_000_000,
      "share of the samples, below 1; or their number, from 2 on")
    let isShare = validation < 1
    if !isShare && (validation < 2 || validation != validation.rounded()) {
      fields.fail("validation", "must be a share below 1, or a whole number from 2 on")
    }
    return Config(
      validation: isShare ? .share(validation) : .count(Int(validation)),
      training: fields.addition("train") {
        $0.optionalInt(
          "train", in: 1...1_000_000_000,
          "how many of the other samples are trained on, the rest being left out; none: all")
      },
      stratified: fields.bool(
        "stratified", default: true, "keep every given label's share"),
      rare: fields.choice(
        "on_rare", default: .fallback,
        "a label with one sample: split at random, keep it in train, or fail"))
  }

  static func run(_ config: Config, _ stage: StageContext) throws {
    let dataSet = try DataSet.load(from: stage.input("dataset"))
    let split = try split(
      labels: dataSet.train.labels, classes: dataSet.classes, validation: config.validation,
      training: config.training, stratified: config.stratified, rare: config.rare, seed: stage.seed)
    for warning in split.warnings { stage.warn(warning.description) }
    try dataSet.split(DataSet.Folds(train: split.train, validation: split.validation)).save(
      to: stage.output("dataset"))
    var report: [String: Value] = [
      "train": .int(Int64(split.train.count)),
      "validation": .int(Int64(split.validation.count)),
      "stratified": .bool(split.isStratified),
    ]
    if config.training != nil {
      let left = dataSet.train.labels.count - split.train.count - split.validation.count
      report["left-out"] = .int(Int64(left))
    }
    try JSONLines.write([.map(report)], to: stage.output("report"))
  }
}
