import Engine
import Learning
import NoisyLabels
import Pipelines
import Tensors

/// Trains a network further, with a loss that may be corrected by a transition matrix.
enum FineTuneStage: StageKind {
  static let name = "fine-tune"
  static let summary = "train a checkpoint further, with a plain or corrected loss"
  static let inputs: [KindSignature.Input] = [
    .init("dataset", "what is learned"),
    .init("checkpoint", "the weights to start from"),
    .init("transition", required: false, "T, for the losses forward, backward and reweight"),
  ]
  static let outputs = TrainingRecord.outputs.map(KindSignature.Output.init)
  static let usesSeed = true
  static let arithmetic: Int? = Arithmetic.version

  struct Config: Sendable {
    let loss: CorrectedLoss
    let training: TrainingConfig
  }

  static func read(_ fields: inout FieldReader) -> Config {
    let config = Config(
      loss: fields.choice("loss", "what is minimised"),
      training: .read(&fields, epochs: 20, optimizer: "sgd", rate: 0.01))
    if config.loss == .dmi, config.training.microBatch != nil {
      fields.fail("micro_batch", "cannot go with the loss dmi, which is of whole batches")
    }
    return config
  }

  static func resumption(_ config: Config) -> Resumption? { config.training.resumption }

  static func run(_ config: Config, _ stage: StageContext) throws {
    try stage.prepareKernels()
    let data = try StageData(stage)
    let model = try data.model(at: stage.input("checkpoint"))
    try train(
      model, on: data, config.training, stage, loss: config.loss, readsNoisy: config.loss != .dmi)
  }
}
