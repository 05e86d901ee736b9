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

  static func read(
    _ fields: inout FieldReader, epochs: Int, optimizer name: String, rate: Double,
    weightDecay: Double = 0
  ) -> TrainingConfig {
    TrainingConfig(
      epochs: fields.int(
        "epochs", default: epochs, in: 1...100_000, "passes over the training part"),
      batchSize: fields.int("batch_size", default: 128, in: 1...1_000_000, "samples of a step"),
      dropLast: fields.bool("drop_last", default: false, "leave out a last batch that is shorter"),
      optimizer: .read(&fields, default: name, rate: rate, weightDecay: weightDecay))
  }
}

/// Trains and records every epoch.
///
/// `others` are parameters besides the model's that `loss` uses; what `onEpoch` returns joins the
/// epoch's metrics.
func train(
  _ model: Model, on data: StageData, _ config: TrainingConfig, others: [ParameterGroup] = [],
  _ stage: StageContext, loss: @escaping Loss, noisyScores: Scores? = nil,
  onEpoch: (Int) throws -> [String: Double] = { _ in [:] }
) throws {
  var record = TrainingRecord(stage)
  var optimizer = config.optimizer.optimizer(model.parameters, others: others)
  let plan = TrainingPlan(
    epochs: config.epochs, batchSize: config.batchSize, dropLast: config.dropLast, seed: stage.seed)
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
    onEpoch: { result, _ in
      var row = data.measure(model, loss: loss, noisyScores: noisyScores)
      row["train/loss"] = result.loss
      row["train/accuracy"] = result.accuracy
      row.merge(try onEpoch(result.epoch)) { $1 }
      try record.add(model, epoch: result.epoch, metrics: row)
    })
  try record.finish(stage)
}
