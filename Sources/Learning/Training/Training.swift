public import Tensors

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
  /// Steps whose loss had no gradient, such as one that cannot judge its batch: no parameter moved.
  public let skipped: Int

  public var accuracy: Double { Double(correct) / Double(count) }
}

extension Model {
  /// Trains in place, epoch by epoch, on samples ordered anew each time.
  ///
  /// The order depends on the plan's seed and the epoch only. The optimiser may hold parameters besides
  /// the model's that `loss` uses.
  ///
  /// Training accuracy is read from `scores`, or else from the logits. `onStep` is called after each step with
  /// where the training is then; `onEpoch` after each epoch, the model then being as the epoch left it. A
  /// callback that throws stops the training.
  ///
  /// - Throws: `TrainingError`, and what the callbacks throw.
  public func train(
    on samples: Samples, plan: TrainingPlan, optimizer: inout Optimizer, loss: Loss,
    scores: Scores? = nil,
    onStep: (TrainingPosition, Optimizer) throws -> Void = { _, _ in },
    onEpoch: (EpochResult, Optimizer) throws -> Void
  ) throws {
    guard samples.count > 0 else { throw TrainingError.noSamples }
    guard !plan.dropLast || samples.count >= plan.batchSize else {
      throw TrainingError.noWholeBatch(samples: samples.count, batchSize: plan.batchSize)
    }
    guard plan.start.epoch <= plan.epochs else { return }
    for epoch in plan.start.epoch...plan.epochs {
      let start = epoch == plan.start.epoch ? plan.start : TrainingPosition(epoch: epoch)
      let result = try trainEpoch(
        from: start, on: samples, plan: plan, optimizer: &optimizer, loss: loss, scores: scores,
        onStep: onStep)
      try onEpoch(result, optimizer)
    }
  }

  private func trainEpoch(
    from start: TrainingPosition, on samples: Samples, plan: TrainingPlan,
    optimizer: inout Optimizer, loss: Loss, scores: Scores?,
    onStep: (TrainingPosition, Optimizer) throws -> Void
  ) throws -> EpochResult {
    let epoch = start.epoch
    let order = RandomStream(seed: plan.seed, purpose: "shuffle@\(epoch)")
      .permutation(of: samples.count)
    let end = plan.dropLast ? order.count / plan.batchSize * plan.batchSize : order.count
    let steps = (end + plan.batchSize - 1) / plan.batchSize
    let own = Set(parameters.map { ObjectIdentifier($0.tensor) })
    let watched =
      state + optimizer.parameters.filter { !own.contains(ObjectIdentifier($0.tensor)) }
    var position = start
    for step in min(start.step, steps)..<steps {
      let rows = step * plan.batchSize..<min((step + 1) * plan.batchSize, end)
      let batch = TrainingBatch(
        samples.batch(order[rows]), plan: plan, epoch: epoch, step: step)
      var results: [(logits: Tensor, labels: [Int32])] = []
      var isSkipped = true
      optimizer.clearGradients()
      let divergence = Divergence(epoch: epoch, step: step + 1, watched)
      var pass = TrainingPass(
        seed: plan.seed, epoch: epoch, step: step + 1,
        statistics: plan.batchNorm.movesStatistics ? .moving : .running)
      for part in batch.parts(of: plan.microBatch) {
        let inputs = part.samples.inputs
        let logits = logits(inputs, mode: .training(pass))
        let partLoss = part.loss(loss, logits)
        try divergence.checkForward(
          inputs, layer: { firstDivergedLayer(inputs, pass) }, logits: logits, loss: partLoss)
        pass.firstSample += part.count
        isSkipped = isSkipped && !partLoss.requiresGradient
        // The sum of the parts' gradients is that of the batch's mean loss.
        let share = Float(Double(part.count) / Double(batch.count))
        (part.count == batch.count ? partLoss : partLoss * share).backward()
        position.lossSum += Double(partLoss.item) * Double(part.count)
        results.append((logits.detached(), part.samples.labels))
      }
      if optimizer.clipping != nil { try divergence.checkGradients() }
      optimizer.step(epoch: epoch - 1, step: step, of: steps)
      try divergence.checkParameters()
      for (logits, labels) in results {
        position.correct += correctPredictions(scores?(logits) ?? logits, labels)
      }
      position.skipped += isSkipped ? 1 : 0
      position.step = step + 1
      try onStep(position, optimizer)
    }
    return EpochResult(
      epoch: epoch, loss: position.lossSum / Double(end), correct: position.correct, count: end,
      skipped: position.skipped)
  }
}
