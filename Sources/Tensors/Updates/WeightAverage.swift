import CKernels

extension Tensor {
  /// Moves this average towards `weights`, in place: `average = fma(keep, average, (1 - keep) · w)`.
  public func average(with weights: Tensor, keep: Double) {
    guard shape == weights.shape else {
      fatalError("average: \(shape) with weights \(weights.shape)")
    }
    ck_average_step(
      buffer.pointer, weights.buffer.pointer, Float(keep), Float(1 - keep), count)
  }

  /// Adds `other · factor` in place, by fma.
  public func add(_ other: Tensor, times factor: Float) {
    guard shape == other.shape else { fatalError("add: \(shape) and \(other.shape)") }
    ck_add_scaled(buffer.pointer, other.buffer.pointer, factor, count)
  }

  /// Multiplies in place.
  public func scale(by factor: Float) {
    ck_scale(buffer.pointer, buffer.pointer, factor, count)
  }
}
