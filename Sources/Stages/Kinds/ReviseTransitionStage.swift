import Engine
import Foundation
import Learning
import NoisyLabels
import Pipelines
import Tensors

/// Trains a network and a correction of the transition matrix together.
enum ReviseTransitionStage: StageKind {
  static let name = "revise-transition"
  static let summary = "revise the transition matrix while training on (T-Revision)"
  static let inputs: [KindSignature.Input] = [
    .init("dataset", "what is learned"),
    .init("checkpoint", "the reweighted weights to start from"),
    .init("transition", "the estimate to be revised"),
    .init("truth", required: false, "the true matrix, to measure the revision by"),
  ]
  static let outputs =
    TrainingRecord.outputs.map(KindSignature.Output.init) + [
      .init("transition", "the revised matrix of the last epoch, as it is, float64 .npy"),
      .init("normalised", "the same with negatives clipped and rows summing to 1, float64 .npy"),
      .init("corrections", isFolder: true, "ΔT after every epoch, float32 .npy"),
    ]
  static let usesSeed = true
  static let arithmetic: Int? = Arithmetic.version

  struct Config: Sendable {
    let training: TrainingConfig
    let deltaRate: Double?
    let legacy: Bool
  }

  static func read(_ fields: inout FieldReader) -> Config {
    Config(
      training: .read(
        &fields, epochs: 200, optimizer: "adam", rate: 5e-7, weightDecay: 1e-4),
      deltaRate: fields.optionalFloat(
        "lr_delta", in: 0...1e6, "learning rate of ΔT; none: the network's"),
      legacy: fields.bool(
        "legacy", default: false, "the published loss, which adds ΔT once more for every sample"))
  }

  static func resumption(_ config: Config) -> Resumption? { config.training.resumption }

  static func run(_ config: Config, _ stage: StageContext) throws {
    try stage.prepareKernels()
    let data = try StageData(stage)
    guard let estimate = try stage.transition() else {
      throw StageError.needsTransition(loss: "revision")
    }
    try data.check(estimate)
    let truth = try stage.truth()
    let model = try data.model(at: stage.input("checkpoint"))
    let matrix = estimate.tensor()
    // ΔT starts at zero, and nothing but its gradient and its decay moves it.
    let delta = Parameter(
      name: "delta", tensor: .zeros([estimate.classes, estimate.classes], requiresGradient: true))
    let rule = config.training.optimizer
    let group = ParameterGroup(
      [delta], rate: config.deltaRate ?? rule.rate, weightDecay: rule.weightDecay)
    let legacy = config.legacy
    func revised() throws -> TransitionMatrix {
      try estimate.adding(TransitionMatrix(delta.tensor))
    }
    let epochs = try train(
      model, on: data, config.training, others: [group], stage,
      loss: { logits, labels in
        revisionLoss(
          logits: logits, labels: labels, transition: matrix, correction: delta.tensor,
          legacy: legacy)
      },
      noisyScores: { logits in
        noisyPosterior(logits: logits, transition: matrix + delta.tensor.detached())
      },
      onEpoch: { epoch in
        let correction = delta.tensor.values
        try NPY.write(
          .floats(correction, shape: delta.tensor.shape),
          to: "\(stage.output("corrections"))/\(name(ofEpoch: epoch))")
        guard let truth else { return [:] }
        let revised = try revised()
        return [
          "transition/error": revised.estimationError(against: truth),
          "transition/normalised-error": revised.normalised.estimationError(against: truth),
        ]
      }, files: { ["corrections/\(name(ofEpoch: $0))"] })
    let revised =
      try epochs == config.training.epochs ? revised() : lastRevised(estimate, epochs, stage)
    try NPY.write(revised.array, to: stage.output("transition"))
    try NPY.write(revised.normalised.array, to: stage.output("normalised"))
    if let truth {
      stage.result("estimation error", revised.estimationError(against: truth), isHeadline: true)
    }
  }

  /// The revised matrix after so many epochs: what diverged after them is not used.
  private static func lastRevised(
    _ estimate: TransitionMatrix, _ epochs: Int, _ stage: StageContext
  ) throws -> TransitionMatrix {
    guard epochs > 0 else { return estimate }
    let path = "\(stage.output("corrections"))/\(name(ofEpoch: epochs))"
    return try estimate.adding(TransitionMatrix(NPY.read(contentsOf: path)))
  }

  private static func name(ofEpoch epoch: Int) -> String {
    Checkpoints.stem(epoch: epoch) + ".npy"
  }
}
