/// How long, in which batches and on what variants of the samples to train.
public struct TrainingPlan: Sendable, Hashable {
  /// The last epoch, counted from 1.
  public var epochs: Int
  public var batchSize: Int
  /// Whether to leave out the last batch of an epoch where it is shorter than the others.
  public var dropLast: Bool
  /// The seed of the streams `shuffle@<epoch>`, which order the samples, and of augmentation.
  public var seed: UInt64
  /// Where to begin; not at the beginning when a training goes on from a kept state.
  public var start: TrainingPosition
  /// The samples that pass through the network together; a batch of more is taken in parts, whose gradients
  /// are added in order. `nil`: whole batches. Batch norm sees the parts.
  public var microBatch: Int?
  /// What is done to the images of each batch.
  public var augmentation: Augmentation
  /// Mixes the samples of each batch, after the augmentation; `λ` is one for the batch.
  public var mixup: Mixup?
  /// Whether batch norm goes by the batch and its running statistics move. (Which parameters are trained is
  /// the optimiser's matter: see `BatchNormPolicy.rules(for:)`.)
  public var batchNorm: BatchNormPolicy

  public init(
    epochs: Int, batchSize: Int, dropLast: Bool = false, seed: UInt64,
    start: TrainingPosition = TrainingPosition(), microBatch: Int? = nil,
    augmentation: Augmentation = Augmentation(), mixup: Mixup? = nil,
    batchNorm: BatchNormPolicy = .asOthers
  ) {
    guard epochs >= 0, batchSize > 0, start.epoch > 0, start.step >= 0, microBatch ?? 1 > 0 else {
      fatalError(
        "training plan: \(epochs) epochs from \(start.epoch) on, batches of \(batchSize)"
          + (microBatch.map { ", micro-batches of \($0)" } ?? ""))
    }
    if let mixup, mixup.scope != .batch {
      fatalError("training plan: a share for each sample needs a loss for each sample")
    }
    self.epochs = epochs
    self.batchSize = batchSize
    self.dropLast = dropLast
    self.seed = seed
    self.start = start
    self.microBatch = microBatch
    self.augmentation = augmentation
    self.mixup = mixup
    self.batchNorm = batchNorm
  }
}
