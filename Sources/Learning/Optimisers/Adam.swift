public import Tensors

/// Adam (Kingma & Ba, ICLR 2015): `g ← g + wd·w`, `m ← β₁m + (1-β₁)g`, `v ← β₂v + (1-β₂)g²`,
/// `w ← w - η (m/(1-β₁ᵗ)) / (√(v/(1-β₂ᵗ)) + ε)`. Decoupled it is AdamW (Loshchilov & Hutter, ICLR 2019):
/// no decay in `g`, but `w ← w - η·wd·w` first.
///
/// The powers of β are running products in binary64, kept for each parameter: one without a gradient
/// stays behind.
public struct Adam: UpdateRule, Hashable {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  public let isDecoupled: Bool

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, isDecoupled: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.isDecoupled = isDecoupled
  }

  public var memoryNames: [String] { ["first_moment", "second_moment"] }
  public var productNames: [String] { ["beta1_power", "beta2_power"] }

  public func update(
    _ weights: Tensor, gradient: Tensor, in group: ParameterGroup, rate: Double,
    memory: inout OptimizerMemory
  ) {
    weights.adamStep(
      along: gradient, first: memory.tensors[0], second: memory.tensors[1],
      scalars: memory.nextScalars(self, rate: rate, decay: group.weightDecay))
  }
}

extension OptimizerMemory {
  /// Adam's numbers for the next step, which is counted.
  mutating func nextScalars(_ rule: Adam, rate: Double, decay: Double) -> AdamScalars {
    products[0] *= rule.beta1
    products[1] *= rule.beta2
    return AdamScalars(
      rate: rate, epsilon: rule.epsilon, decay: decay, beta1: rule.beta1, beta2: rule.beta2,
      beta1Power: products[0], beta2Power: products[1], isDecoupled: rule.isDecoupled)
  }
}
