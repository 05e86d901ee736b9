import Tensors

/// A batch as the network is to see it, perhaps with a second label for each sample.
struct TrainingBatch {
  /// The given labels and ids, the inputs as they are now.
  private(set) var samples: Samples
  /// The labels of the samples mixed in, and the share of the first ones.
  private(set) var mixed: (labels: [Int32], share: Float)?

  /// The batch that is number `step` of its epoch, from 0, augmented as the plan has it.
  init(_ samples: Samples, plan: TrainingPlan, epoch: Int, step: Int) {
    self.samples = samples
    let draws = AugmentationDraws(seed: plan.seed, epoch: epoch)
    if plan.augmentation != Augmentation() {
      self.samples = samples.replacing(
        inputs: plan.augmentation(samples.inputs, ids: samples.ids, draws: draws))
    }
    if let mixup = plan.mixup, samples.count > 0 {
      let batch = mixup(self.samples.inputs, ids: samples.ids, draws: draws, step: step)
      self.samples = samples.replacing(inputs: batch.inputs)
      mixed = (batch.partners.map { samples.labels[Int($0)] }, batch.lambda.values[0])
    }
  }

  private init(_ samples: Samples, mixed: (labels: [Int32], share: Float)?) {
    self.samples = samples
    self.mixed = mixed
  }

  var count: Int { samples.count }

  /// The batch in parts of `size`, in order.
  func parts(of size: Int?) -> [TrainingBatch] {
    guard let size, size < count else { return [self] }
    return stride(from: 0, to: count, by: size).map { start in
      let rows = start..<min(start + size, count)
      return TrainingBatch(
        samples.batch(Int32(rows.lowerBound)..<Int32(rows.upperBound)),
        mixed: mixed.map { (Array($0.labels[rows]), $0.share) })
    }
  }

  /// The mean loss; of a mixed batch `λ · loss(labels) + (1 - λ) · loss(labels mixed in)`.
  func loss(_ loss: Loss, _ logits: Tensor) -> Tensor {
    guard let (labels, share) = mixed else { return loss(logits, samples.labels) }
    return loss(logits, samples.labels) * share + loss(logits, labels) * (1 - share)
  }
}
