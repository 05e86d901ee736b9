import CKernels

/// Adam's numbers for one step, each rounded once from binary64.
public struct AdamScalars: Sendable, Hashable {
  public var rate: Float
  public var epsilon: Float
  public var decay: Float
  public var beta1: Float
  public var oneMinusBeta1: Float
  public var beta2: Float
  public var oneMinusBeta2: Float
  /// `1 - β₁ᵗ` and `1 - β₂ᵗ`, the powers being running products.
  public var correction1: Float
  public var correction2: Float

  public init(
    rate: Double, epsilon: Double, decay: Double, beta1: Double, beta2: Double,
    beta1Power: Double, beta2Power: Double
  ) {
    self.rate = Float(rate)
    self.epsilon = Float(epsilon)
    self.decay = Float(decay)
    self.beta1 = Float(beta1)
    oneMinusBeta1 = Float(1 - beta1)
    self.beta2 = Float(beta2)
    oneMinusBeta2 = Float(1 - beta2)
    correction1 = Float(1 - beta1Power)
    correction2 = Float(1 - beta2Power)
  }
}

extension Tensor {
  /// One step of Adam with coupled decay, in place: `g = fma(decay, w, g)`, `m = fma(β₁, m, (1-β₁) g)`,
  /// `v = fma(β₂, v, (1-β₂) (g g))`, `w = fma(-rate, (m / c₁) / (√(v / c₂) + ε), w)`.
  ///
  /// `gradient`, of this tensor's shape, is only read; `first` is `m` and `second` is `v`, zeros at first,
  /// updated in place.
  public func adamStep(
    along gradient: Tensor, first: Tensor, second: Tensor, scalars: AdamScalars
  ) {
    guard gradient.shape == shape, first.shape == shape, second.shape == shape else {
      fatalError(
        "adamStep: \(shape), gradient \(gradient.shape), moments \(first.shape) \(second.shape)")
    }
    var numbers = ck_adam(
      rate: scalars.rate, epsilon: scalars.epsilon, decay: scalars.decay,
      beta1: scalars.beta1, one_minus_beta1: scalars.oneMinusBeta1,
      beta2: scalars.beta2, one_minus_beta2: scalars.oneMinusBeta2,
      correction1: scalars.correction1, correction2: scalars.correction2)
    ck_adam_step(
      buffer.pointer, first.buffer.pointer, second.buffer.pointer, gradient.buffer.pointer,
      &numbers, count)
  }
}
