public import Tensors

/// Gradient descent with momentum and coupled weight decay:
/// `g ← g + wd·w`, `v ← μ v + g`, `w ← w - η v`, or with Nesterov's momentum `w ← w - η (g + μ v)`.
/// The rate multiplies the buffer, as in PyTorch.
public struct SGD: UpdateRule, Hashable {
  public let momentum: Double
  public let nesterov: Bool

  public init(momentum: Double = 0, nesterov: Bool = false) {
    self.momentum = momentum
    self.nesterov = nesterov
  }

  public var memoryNames: [String] { ["velocity"] }
  public var productNames: [String] { [] }

  public func update(
    _ weights: Tensor, gradient: Tensor, in group: ParameterGroup, rate: Double,
    memory: inout OptimizerMemory
  ) {
    weights.descend(
      along: gradient, velocity: memory.tensors[0], rate: Float(rate), momentum: Float(momentum),
      decay: Float(group.weightDecay), nesterov: nesterov)
  }
}
