import Engine
import Learning
import Pipelines
import Tensors

/// What every training stage is told: how long, in which batches, by which rule.
struct TrainingConfig: Sendable {
  /// Where nothing before the last epoch depends on how many there are, a longer training goes on from where a
  /// shorter one ended.
  var resumption: Resumption {
    scheduleFollowsEpochs ? .sameConfig : .anyLength(field: "epochs")
  }

  let epochs: Int
  let batchSize: Int
  let dropLast: Bool
  let optimizer: OptimizerConfig
  /// Whether the rate of an epoch depends on how many there are, as along a cosine that ends with the last one.
  let scheduleFollowsEpochs: Bool
  let microBatch: Int?
  let batchNorm: BatchNormPolicy
  let augmentation: AugmentationConfig
  let onDivergence: DivergencePolicy

  static func read(
    _ fields: inout FieldReader, epochs: Int, optimizer name: String, rate: Double,
    weightDecay: Double = 0
  ) -> TrainingConfig {
    let epochs = fields.int(
      "epochs", default: epochs, in: 1...100_000, "passes over the training part")
    var others = fields
    let longer = readSchedule(&others, epochs: epochs + 1)
    let batchSize = fields.int(
      "batch_size", default: 128, in: 1...1_000_000, "samples of a step")
    let dropLast = fields.bool(
      "drop_last", default: false, "leave out a last batch that is shorter")
    let optimizer = OptimizerConfig.read(
      &fields, default: name, rate: rate, weightDecay: weightDecay, epochs: epochs)
    return TrainingConfig(
      epochs: epochs, batchSize: batchSize, dropLast: dropLast, optimizer: optimizer,
      scheduleFollowsEpochs: longer != optimizer.schedule,
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
      augmentation: .read(&fields),
      onDivergence: fields.addition("on_divergence") {
        $0.choice(
          "on_divergence", default: .fail,
          "when a value is no longer finite: fail, or stop and record where")
      })
  }
}

/// What a stage does when its training diverges.
enum DivergencePolicy: String, CaseIterable, Sendable {
  case fail
  /// It ends with the epochs that were finished and a last row that says where: a diverged run is a result.
  case stop
}

/// Trains and records every epoch.
///
/// A stage that was killed goes on from the state it kept last. `others` are parameters besides the model's that `loss` uses; what `onEpoch` returns joins the
/// epoch's metrics, and `files` are the further outputs that it wrote. Where the weights are averaged, checkpoints and trace hold the averages (with the running
/// statistics of batch norm as they are), and the metrics both models' figures. The steps that `loss` gave no gradient for are counted as the metric `skipped`.
///
/// - Returns: how many epochs ended: all, unless it diverged and was to stop there.
@discardableResult
func train(
  _ model: Model, on data: StageData, _ config: TrainingConfig, others: [ParameterGroup] = [],
  _ stage: StageContext, loss: @escaping Loss, noisyScores: Scores? = nil, skipped: String? = nil,
  onEpoch: (Int) throws -> [String: Double] = { _ in [:] },
  files: (Int) -> [String] = { _ in [] }
) throws -> Int {
  // The weights that the training starts from, before it moves them: what is left if not even one epoch ends.
  let start = config.onDivergence == .stop ? model.safetensors : nil
  let state = try stage.state()
  let kept = try state?.kept.flatMap { try TrainingState($0) }
  if kept == nil { try state?.forget() }
  if let state, let kept { stage.resumes(state, after: kept.position.text(of: config.epochs)) }
  var record = TrainingRecord(stage, from: kept)
  var optimizerConfig = config.optimizer
  optimizerConfig.parameterRules =
    config.batchNorm.rules(for: model.parameters) + optimizerConfig.parameterRules
  let rules = optimizerConfig.parameterRules
  let model = try (kept?.model() ?? model).freezing { rules.freezes($0) }
  var optimizer = optimizerConfig.optimizer(model.parameters, others: others)
  try kept?.restore(&optimizer, others: others)
  let plan = TrainingPlan(
    epochs: config.epochs, batchSize: config.batchSize, dropLast: config.dropLast, seed: stage.seed,
    start: kept?.position ?? TrainingPosition(), microBatch: config.microBatch,
    augmentation: try config.augmentation.augmentation(
      for: data.dataSet.normalisation, shape: data.dataSet.shape),
    mixup: config.augmentation.mixup, batchNorm: config.batchNorm)
  let total = config.epochs * data.train.count
  var times = KeepingTimes(steps: stage.setting("state-steps").flatMap { Int($0) })
  func keep(at position: TrainingPosition, _ optimizer: Optimizer) throws {
    let done = position.epoch - 1
    guard let state, times.isDue(at: position, isLast: done == config.epochs) else { return }
    try TrainingState(
      at: position, model, optimizer, others: others, metrics: record.metrics, trace: record.trace
    ).keep(
      in: state,
      files: (0..<done).flatMap { TrainingRecord.files(ofEpoch: $0 + 1) + files($0 + 1) })
  }
  do {
    try model.train(
      on: data.train, plan: plan, optimizer: &optimizer, loss: loss, scores: noisyScores,
      onStep: { position, optimizer in
        Kernels.threads = stage.threads
        let done = min(position.step * config.batchSize, data.train.count)
        stage.progress(
          Progress(
            step: position.epoch, of: config.epochs, "epoch",
            done: (position.epoch - 1) * data.train.count + done, total: total, unit: "samples"))
        try keep(at: position, optimizer)
      },
      onEpoch: { result, optimizer in
        var row = data.measure(model, loss: loss, noisyScores: noisyScores)
        row["train/loss"] = result.loss
        row["train/accuracy"] = result.accuracy
        if let skipped { row[skipped] = Double(result.skipped) }
        row.merge(try onEpoch(result.epoch)) { $1 }
        if let average = optimizer.average {
          try average.applied {
            let averaged = data.measure(model, loss: loss, noisyScores: noisyScores)
            for (name, value) in averaged { row["average/\(name)"] = value }
            try record.add(model, epoch: result.epoch, metrics: row)
          }
        } else {
          try record.add(model, epoch: result.epoch, metrics: row)
        }
        try keep(at: TrainingPosition(epoch: result.epoch + 1), optimizer)
      })
  } catch let error as TrainingError {
    guard config.onDivergence == .stop, case .diverged(let epoch, let step, _) = error else {
      throw error
    }
    stage.warn(error.errorDescription ?? "\(error)")
    record.addDivergence(epoch: epoch, step: step)
  }
  return try record.finish(stage, start: start)
}

extension TrainingPosition {
  /// "epoch 12 of 20", "step 40 of epoch 13 of 20": the last thing done.
  fileprivate func text(of epochs: Int) -> String {
    step > 0 ? "step \(step) of epoch \(epoch) of \(epochs)" : "epoch \(epoch - 1) of \(epochs)"
  }
}
