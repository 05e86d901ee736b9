public import Tensors

/// Adam with coupled weight decay (Kingma & Ba, ICLR 2015): `g ← g + wd·w`, `m ← β₁m + (1-β₁)g`,
/// `v ← β₂v + (1-β₂)g²`, `w ← w - η (m/(1-β₁ᵗ)) / (√(v/(1-β₂ᵗ)) + ε)`.
///
/// The powers of β are running products in binary64, kept for each parameter: one without a gradient
/// stays behind.
public struct Adam: UpdateRule, Hashable {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public var memoryNames: [String] { ["first_moment", "second_moment"] }
  public var productNames: [String] { ["beta1_power", "beta2_power"] }

  public func update(
    _ weights: Tensor, gradient: Tensor, rate: Double, weightDecay: Double,
    memory: inout OptimizerMemory
  ) {
    memory.products[0] *= beta1
    memory.products[1] *= beta2
    weights.adamStep(
      along: gradient, first: memory.tensors[0], second: memory.tensors[1],
      scalars: AdamScalars(
        rate: rate, epsilon: epsilon, decay: weightDecay, beta1: beta1, beta2: beta2,
        beta1Power: memory.products[0], beta2Power: memory.products[1]))
  }
}
