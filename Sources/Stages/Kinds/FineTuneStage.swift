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
    .init("transition", required: false, "T; every loss but cross-entropy needs it"),
  ]
  static let outputs = TrainingRecord.outputs.map(KindSignature.Output.init)
  static let usesSeed = true
  static let arithmetic: Int? = Arithmetic.version

  struct Config: Sendable {
    let loss: CorrectedLoss
    let training: TrainingConfig
  }

  static func read(_ fields: inout FieldReader) -> Config {
    Config(
      loss: fields.choice("loss", "what is minimised"),
      training: .read(&fields, epochs: 20, optimizer: "sgd", rate: 0.01))
  }

  static func resumption(_ config: Config) -> Resumption? { config.training.resumption }

  static func run(_ config: Config, _ stage: StageContext) throws {
    try stage.prepareKernels()
    let data = try StageData(stage)
    let transition = try stage.transition()
    if let transition { try data.check(transition) }
    let model = try data.model(at: stage.input("checkpoint"))
    if config.loss.needsTransition && transition == nil {
      throw StageError.needsTransition(loss: config.loss.rawValue)
    }
    let loss = try config.loss.function(
      transition: transition ?? .identity(classes: data.dataSet.classes))
    try train(
      model, on: data, config.training, stage, loss: loss,
      noisyScores: transition.map { noisyScores($0.tensor()) })
  }
}

/// Predictions of noisy labels are read from `p · T`.
func noisyScores(_ transition: Tensor) -> Scores {
  { logits in noisyPosterior(logits: logits, transition: transition) }
}

extension StageData {
  /// A matrix must have the data set's classes.
  func check(_ transition: TransitionMatrix) throws {
    guard transition.classes == dataSet.classes else {
      throw StageError.transitionShape(
        [transition.classes, transition.classes], classes: dataSet.classes)
    }
  }
}
