public import Tensors

/// How an optimiser changes one parameter, given its gradient.
///
/// Scalars are computed in binary64 and rounded once.
public protocol UpdateRule: Sendable {
  /// The arrays of a parameter's shape, zeros at first, that the rule keeps from step to step.
  var memoryNames: [String] { get }
  /// The running products it keeps, all 1 at first.
  var productNames: [String] { get }

  /// One step in place. `rate` is the group's, as the schedule made it for this step.
  func update(
    _ weights: Tensor, gradient: Tensor, in group: ParameterGroup, rate: Double,
    memory: inout OptimizerMemory)
}

/// What an update rule keeps for one parameter.
public struct OptimizerMemory {
  public var tensors: [Tensor]
  public var products: [Double]

  public init(tensors: [Tensor], products: [Double]) {
    self.tensors = tensors
    self.products = products
  }

  /// What must be alike in two memories of one rule and one parameter.
  var layout: [[Int]] { tensors.map(\.shape) + [[products.count]] }
}
