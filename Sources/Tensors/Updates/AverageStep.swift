import CKernels

extension Tensor {
  /// A step of a running average, in place: `a = fma(keep, a, take · w)`.
  public func average(with weights: Tensor, keep: Float, take: Float) {
    guard weights.shape == shape else { fatalError("average: \(shape) with \(weights.shape)") }
    ck_average_step(buffer.pointer, weights.buffer.pointer, keep, take, count)
  }

  /// The sum of squares by rule R1, each square added by fma.
  public var sumOfSquares: Float { ck_dot(buffer.pointer, buffer.pointer, count) }
}
