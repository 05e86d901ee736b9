import Documents
import Engine
import Learning
import NoisyLabels
import Pipelines
import Tensors

/// Cuts a validation fold from the training part.
enum SplitStage: StageKind {
  static let name = "split"
  static let summary = "cut a validation fold from the training part"
  static let inputs: [KindSignature.Input] = [.init("dataset", "what is cut")]
  static let outputs: [KindSignature.Output] = [
    .init("dataset", isFolder: true, "the same, with folds"),
    .init("report", "sizes, and whether the cut is stratified, JSON lines"),
  ]
  static let usesSeed = true
  static let arithmetic: Int? = Arithmetic.version

  struct Config: Sendable {
    let validation: Double
    let stratified: Bool
    let rare: RareClassPolicy
  }

  static func read(_ fields: inout FieldReader) -> Config {
    Config(
      validation: fields.float(
        "validation", default: 0.1, in: 0.000_001...0.999_999, "share of the samples"),
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
      stratified: config.stratified, rare: config.rare, seed: stage.seed)
    for warning in split.warnings { stage.warn(warning.description) }
    try dataSet.split(DataSet.Folds(train: split.train, validation: split.validation)).save(
      to: stage.output("dataset"))
    try JSONLines.write(
      [
        [
          "train": .int(Int64(split.train.count)),
          "validation": .int(Int64(split.validation.count)),
          "stratified": .bool(split.isStratified),
        ]
      ], to: stage.output("report"))
  }
}
