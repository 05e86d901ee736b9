import CKernels

extension Tensor {
  /// One step of gradient descent with momentum and coupled decay, in place:
  /// `g = fma(decay, w, g)`, `v = fma(momentum, v, g)`, `w = fma(-rate, v, w)`; with `nesterov` the step is
  /// `fma(momentum, v, g)` instead of `v`.
  ///
  /// `gradient`, of this tensor's shape, is only read; `velocity` is `v`, zeros at first, updated in place.
  public func descend(
    along gradient: Tensor, velocity: Tensor, rate: Float, momentum: Float, decay: Float,
    nesterov: Bool = false
  ) {
    guard gradient.shape == shape, velocity.shape == shape else {
      fatalError("descend: \(shape), gradient \(gradient.shape), velocity \(velocity.shape)")
    }
    ck_sgd_step(
      buffer.pointer, velocity.buffer.pointer, gradient.buffer.pointer, rate, momentum, decay,
      nesterov ? 1 : 0, count)
  }
}
