public import Tensors

/// How long and in which batches to train.
public struct TrainingPlan: Sendable, Hashable {
  /// The last epoch, counted from 1.
  public var epochs: Int
  public var batchSize: Int
  /// Whether to leave out the last batch of an epoch where it is shorter than the others.
  public var dropLast: Bool
  /// The seed of the streams `shuffle@<epoch>`, which order the samples.
  public var seed: UInt64
  /// The first epoch to compute; above 1 when a training goes on from a kept state.
  public var firstEpoch: Int

  public init(
    epochs: Int, batchSize: Int, dropLast: Bool = false, seed: UInt64, firstEpoch: Int = 1
  ) {
    precondition(epochs >= 0 && batchSize > 0 && firstEpoch > 0)
    self.epochs = epochs
    self.batchSize = batchSize
    self.dropLast = dropLast
    self.seed = seed
    self.firstEpoch = firstEpoch
  }
}

/// What an epoch of training came to: running figures, each batch with the weights of its step.
public struct EpochResult: Sendable, Hashable {
  /// From 1.
  public let epoch: Int
  /// Over the samples seen: the batches' mean losses, weighted by their sizes.
  public let loss: Double
  /// Predictions equal to the given label.
  public let correct: Int
  /// Samples seen.
  public let count: Int

  public var accuracy: Double { Double(correct) / Double(count) }
}

extension Model {
  /// Trains in place, epoch by epoch, on samples ordered anew each time.
  ///
  /// The order depends on the plan's seed and the epoch only. The optimiser may hold parameters besides
  /// the model's that `loss` uses.
  ///
  /// Training accuracy is read from `scores`, or else from the logits. `onBatch` is called after each step
  /// with the epoch and the samples done in it; `onEpoch` after each epoch, the model then being as the
  /// epoch left it. A callback that throws stops the training.
  ///
  /// - Throws: `TrainingError`, and what the callbacks throw.
  public func train(
    on samples: Samples, plan: TrainingPlan, optimizer: inout Optimizer, loss: Loss,
    scores: Scores? = nil,
    onBatch: (_ epoch: Int, _ samplesDone: Int) throws -> Void = { _, _ in },
    onEpoch: (EpochResult, Optimizer) throws -> Void
  ) throws {
    guard samples.count > 0 else { throw TrainingError.noSamples }
    guard !plan.dropLast || samples.count >= plan.batchSize else {
      throw TrainingError.noWholeBatch(samples: samples.count, batchSize: plan.batchSize)
    }
    guard plan.firstEpoch <= plan.epochs else { return }
    for epoch in plan.firstEpoch...plan.epochs {
      let result = try trainEpoch(
        epoch, on: samples, plan: plan, optimizer: &optimizer, loss: loss, scores: scores,
        onBatch: onBatch)
      try onEpoch(result, optimizer)
    }
  }

  private func trainEpoch(
    _ epoch: Int, on samples: Samples, plan: TrainingPlan, optimizer: inout Optimizer, loss: Loss,
    scores: Scores?, onBatch: (_ epoch: Int, _ samplesDone: Int) throws -> Void
  ) throws -> EpochResult {
    let order = RandomStream(seed: plan.seed, purpose: "shuffle@\(epoch)")
      .permutation(of: samples.count)
    let end = plan.dropLast ? order.count / plan.batchSize * plan.batchSize : order.count
    var lossSum = 0.0
    var correct = 0
    var start = 0
    var step = 0
    while start < end {
      let batch = samples.batch(order[start..<min(start + plan.batchSize, end)])
      step += 1
      let logits = logits(
        batch.inputs,
        mode: .training(TrainingPass(seed: plan.seed, epoch: epoch, step: step)))
      let batchLoss = loss(logits, batch.labels)
      guard batchLoss.isFinite else {
        throw TrainingError.diverged(epoch: epoch, step: step, what: "the loss")
      }
      optimizer.clearGradients()
      batchLoss.backward()
      optimizer.step(epoch: epoch - 1)
      for parameter in optimizer.parameters where !parameter.tensor.isFinite {
        throw TrainingError.diverged(epoch: epoch, step: step, what: "'\(parameter.name)'")
      }
      lossSum += Double(batchLoss.item) * Double(batch.count)
      correct += correctPredictions(scores?(logits.detached()) ?? logits, batch.labels)
      start += batch.count
      try onBatch(epoch, start)
    }
    return EpochResult(epoch: epoch, loss: lossSum / Double(end), correct: correct, count: end)
  }
}
