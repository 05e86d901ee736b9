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
  public var rateTimesDecay: Float
  /// Whether the decay shrinks the weights instead of joining the gradient.
  public var isDecoupled: Bool

  public init(
    rate: Double, epsilon: Double, decay: Double, beta1: Double, beta2: Double,
    beta1Power: Double, beta2Power: Double, isDecoupled: Bool = false
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
    rateTimesDecay = Float(rate * decay)
    self.isDecoupled = isDecoupled
  }

  var numbers: ck_adam {
    var numbers = ck_adam()
    numbers.rate = rate
    numbers.epsilon = epsilon
    numbers.decay = decay
    numbers.beta1 = beta1
    numbers.one_minus_beta1 = oneMinusBeta1
    numbers.beta2 = beta2
    numbers.one_minus_beta2 = oneMinusBeta2
    numbers.correction1 = correction1
    numbers.correction2 = correction2
    numbers.rate_times_decay = rateTimesDecay
    numbers.decoupled = isDecoupled ? 1 : 0
    return numbers
  }
}

extension Tensor {
  /// One step of Adam, in place: `g = fma(decay, w, g)`, `m = fma(β₁, m, (1-β₁) g)`,
  /// `v = fma(β₂, v, (1-β₂) (g g))`, `w = fma(-rate, (m / c₁) / (√(v / c₂) + ε), w)`.
  ///
  /// Decoupled, `g` stays as it is and `w = fma(-(rate · decay), w, w)` comes first. `gradient`, of this
  /// tensor's shape, is only read; `first` is `m` and `second` is `v`, zeros at first, updated in place.
  public func adamStep(
    along gradient: Tensor, first: Tensor, second: Tensor, scalars: AdamScalars
  ) {
    checkMoments("adamStep", gradient, first, second)
    var numbers = scalars.numbers
    ck_adam_step(
      buffer.pointer, first.buffer.pointer, second.buffer.pointer, gradient.buffer.pointer,
      &numbers, count)
  }

  func checkMoments(_ operation: String, _ gradient: Tensor, _ first: Tensor, _ second: Tensor) {
    guard gradient.shape == shape, first.shape == shape, second.shape == shape else {
      fatalError(
        "\(operation): \(shape), gradient \(gradient.shape), "
          + "moments \(first.shape) \(second.shape)")
    }
  }
}
