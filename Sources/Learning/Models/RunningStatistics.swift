public import Tensors

/// What a batch norm layer has seen in training: moving averages of its channels' means and variances, by
/// which it goes in evaluation. Shared by the copies of a model.
public final class RunningStatistics {
  /// The layer's.
  public let name: String
  /// `[channels]`, from 0.
  public let mean: Tensor
  /// `[channels]`, unbiased, from 1.
  public let variance: Tensor
  /// The batches seen, PyTorch's `num_batches_tracked`; nothing is computed from it.
  public private(set) var batches: Int64

  /// PyTorch's default.
  static let momentum: Float = 0.1

  init(name: String, mean: Tensor, variance: Tensor, batches: Int64) {
    self.name = name
    self.mean = mean
    self.variance = variance
    self.batches = batches
  }

  /// `r ← fma(0.1, new - r, r)`, the variance as `variance · n / (n - 1)` of n positions (as it is of one).
  func move(mean: Tensor, variance: Tensor, positions: Int) {
    let correction = positions > 1 ? Float(Double(positions) / Double(positions - 1)) : 1
    self.mean.move(towards: mean)
    self.variance.move(towards: variance * correction)
    batches += 1
  }
}

extension Tensor {
  fileprivate func move(towards new: Tensor) {
    let old = detached()
    let moved = (new.detached() - old).multiplied(
      by: Tensor(RunningStatistics.momentum), adding: old)
    moved.withUnsafeValues { moved in
      withUnsafeMutableValues { _ = $0.update(fromContentsOf: moved) }
    }
  }
}
