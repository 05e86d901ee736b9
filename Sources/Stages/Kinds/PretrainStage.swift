import Engine
import Learning
import Pipelines
import Tensors

/// Trains a new network on the labels as they are given.
enum PretrainStage: StageKind {
  static let name = "pretrain"
  static let summary = "train a new network with cross-entropy on the given labels"
  static let inputs: [KindSignature.Input] = [.init("dataset", "what is learned")]
  static let outputs = TrainingRecord.outputs.map(KindSignature.Output.init)
  static let usesSeed = true
  static let arithmetic: Int? = Arithmetic.version

  struct Config: Sendable {
    let model: ModelDescription
    let training: TrainingConfig
  }

  static func read(_ fields: inout FieldReader) -> Config {
    Config(
      model: readModel(&fields),
      training: .read(&fields, epochs: 20, optimizer: "sgd", rate: 0.01))
  }

  static func resumption(_ config: Config) -> Resumption? { config.training.resumption }

  static func run(_ config: Config, _ stage: StageContext) throws {
    try stage.prepareKernels()
    let data = try StageData(stage)
    let model = try Model(
      config.model, inputShape: data.dataSet.shape, classes: data.dataSet.classes, seed: stage.seed)
    try train(model, on: data, config.training, stage, loss: { $0.crossEntropy($1) })
  }
}
