/// How far a training is, between two steps; with the weights and the optimiser's state all that it needs to go on to
/// the same bits. The streams of random numbers have no positions: each step draws from one of its own.
public struct TrainingPosition: Hashable, Sendable {
  /// The epoch under way, from 1.
  public var epoch: Int
  /// The steps done in it.
  public var step: Int
  /// Of these steps, as in ``EpochResult``: the losses' weighted sum and the right predictions.
  public var lossSum: Double
  public var correct: Int
  /// Of these steps those without a gradient, which moved nothing.
  public var skipped: Int

  public init(
    epoch: Int = 1, step: Int = 0, lossSum: Double = 0, correct: Int = 0, skipped: Int = 0
  ) {
    self.epoch = epoch
    self.step = step
    self.lossSum = lossSum
    self.correct = correct
    self.skipped = skipped
  }
}
