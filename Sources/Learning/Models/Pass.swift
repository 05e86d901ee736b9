import Tensors

/// How a network computes.
public enum PassMode: Sendable, Hashable {
  /// Batch norm by the running statistics, no dropout: a sample's logits depend on that sample alone.
  case evaluation
  case training(TrainingPass)
}

/// A step of training: what dropout draws and what batch norm goes by.
public struct TrainingPass: Sendable, Hashable {
  public enum Statistics: Sendable, Hashable {
    /// Batch norm goes by the batch's, and the running ones move towards them.
    case moving
    /// Batch norm goes by the batch's, and the running ones stay: for steps that are tried out.
    case still
    /// Batch norm goes by the running ones, which stay.
    case running
  }

  /// The seed of the streams `dropout/<layer>@<epoch>.<step>`; both are counted from 1.
  public var seed: UInt64
  public var epoch: Int
  public var step: Int
  /// The place in the step's batch of the first sample that is given: above 0 where the batch comes in parts.
  public var firstSample: Int
  public var statistics: Statistics

  public init(
    seed: UInt64, epoch: Int, step: Int, firstSample: Int = 0, statistics: Statistics = .moving
  ) {
    self.seed = seed
    self.epoch = epoch
    self.step = step
    self.firstSample = firstSample
    self.statistics = statistics
  }
}

/// One way through a network: what the layers compute with, and what they saw.
final class Pass {
  /// In the order of the network's parameters.
  let weights: [Tensor]
  let statistics: [RunningStatistics]
  let mode: PassMode
  /// What batch norm layers found in this batch; `statistics` is the layer's place, `positions` the number of
  /// values of each channel.
  var observed: [(statistics: Int, mean: Tensor, variance: Tensor, positions: Int)] = []
  /// Called with each layer's result.
  var onLayer: ((any Layer, Tensor) -> Void)?

  init(_ weights: [Tensor], _ statistics: [RunningStatistics], _ mode: PassMode) {
    self.weights = weights
    self.statistics = statistics
    self.mode = mode
  }

  /// Moves the running statistics towards what was seen.
  func moveStatistics() {
    for seen in observed {
      statistics[seen.statistics].move(
        mean: seen.mean, variance: seen.variance, positions: seen.positions)
    }
    observed = []
  }
}
