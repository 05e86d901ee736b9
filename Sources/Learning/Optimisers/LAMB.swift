public import Tensors

/// Adam with a step as long as the layer's weights (You et al., ICLR 2020): `m`, `v` and their corrections as
/// Adam's, `u = m̂/(√v̂ + ε) + wd·w`, `w ← w - η·r·u` with the trust ratio `r = ‖w‖/‖u‖`, 1 if either is 0.
///
/// Groups that are not `isAdapted`, usually biases and batch norm, have `r = 1`. The common implementation
/// also clips the gradients to a global norm of 1: `GradientClipping.norm(1)`.
public struct LAMB: UpdateRule, Hashable {
  /// Moments and divisor; there is no decay in the gradient.
  private let moments: Adam

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-6) {
    moments = Adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  public var memoryNames: [String] { moments.memoryNames }
  public var productNames: [String] { moments.productNames }

  public func update(
    _ weights: Tensor, gradient: Tensor, in group: ParameterGroup, rate: Double,
    memory: inout OptimizerMemory
  ) {
    weights.lambStep(
      along: gradient, first: memory.tensors[0], second: memory.tensors[1], rate: rate,
      isAdapted: group.isAdapted,
      scalars: memory.nextScalars(moments, rate: rate, decay: group.weightDecay))
  }
}
