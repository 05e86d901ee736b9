import Engine
import Learning
import Pipelines
import Tensors

/// What every training stage is told: how long, in which batches, by which rule.
struct TrainingConfig: Sendable {
  let epochs: Int
  let batchSize: Int
  let dropLast: Bool
  let optimizer: OptimizerConfig
  let microBatch: Int?
  let batchNorm: BatchNormPolicy
  let augmentation: AugmentationConfig

  static func read(
    _ fields: inout FieldReader, epochs: Int, optimizer name: String, rate: Double,
    weightDecay: Double = 0
  ) -> TrainingConfig {
    let epochs = fields.int(
      "epochs", default: epochs, in: 1...100_000, "passes over the training part")
    return TrainingConfig(
      epochs: epochs,
      batchSize: fields.int("batch_size", default: 128, in: 1...1_000_000, "samples of a step"),
      dropLast: fields.bool("drop_last", default: false, "leave out a last batch that is shorter"),
      optimizer: .read(
        &fields, default: name, rate: rate, weightDecay: weightDecay, epochs: epochs),
      microBatch: fields.addition("micro_batch") {
        $0.optionalInt(
          "micro_batch", in: 1...1_000_000, "samples computed together; none: whole batches")
      },
      batchNorm: fields.addition("batch_norm") {
        $0.choice(
          "batch_norm", default: BatchNormPolicy.asOthers,
          "scale and shift go by 'parameters'; are trained in any case; nothing moves; only statistics"
        )
      },
      augmentation: .read(&fields))
  }
}

/// Trains and records every epoch.
///
/// `others` are parameters besides the model's that `loss` uses; what `onEpoch` returns joins the
/// epoch's metrics. Where the weights are averaged, checkpoints and trace hold the averages (with the running
/// statistics of batch norm as they are), and the metrics both models' figures.
func train(
  _ model: Model, on data: StageData, _ config: TrainingConfig, others: [ParameterGroup] = [],
  _ stage: StageContext, loss: @escaping Loss, noisyScores: Scores? = nil,
  onEpoch: (Int) throws -> [String: Double] = { _ in [:] }
) throws {
  var record = TrainingRecord(stage)
  var optimizerConfig = config.optimizer
  optimizerConfig.parameterRules =
    config.batchNorm.rules(for: model.parameters) + optimizerConfig.parameterRules
  let rules = optimizerConfig.parameterRules
  let model = model.freezing { rules.freezes($0) }
  var optimizer = optimizerConfig.optimizer(model.parameters, others: others)
  let plan = TrainingPlan(
    epochs: config.epochs, batchSize: config.batchSize, dropLast: config.dropLast, seed: stage.seed,
    microBatch: config.microBatch,
    augmentation: try config.augmentation.augmentation(
      for: data.dataSet.normalisation, shape: data.dataSet.shape),
    mixup: config.augmentation.mixup, batchNorm: config.batchNorm)
  let total = config.epochs * data.train.count
  try model.train(
    on: data.train, plan: plan, optimizer: &optimizer, loss: loss, scores: noisyScores,
    onBatch: { epoch, done in
      Kernels.threads = stage.threads
      stage.progress(
        Progress(
          step: epoch, of: config.epochs, "epoch",
          done: (epoch - 1) * data.train.count + done, total: total, unit: "samples"))
    },
    onEpoch: { result, optimizer in
      var row = data.measure(model, loss: loss, noisyScores: noisyScores)
      row["train/loss"] = result.loss
      row["train/accuracy"] = result.accuracy
      row.merge(try onEpoch(result.epoch)) { $1 }
      guard let average = optimizer.average else {
        return try record.add(model, epoch: result.epoch, metrics: row)
      }
      try average.applied {
        let averaged = data.measure(model, loss: loss, noisyScores: noisyScores)
        for (name, value) in averaged { row["average/\(name)"] = value }
        try record.add(model, epoch: result.epoch, metrics: row)
      }
    })
  try record.finish(stage)
}
