public import Tensors

/// All that an optimiser remembers from step to step: set where a training goes on, it ends in the same bits.
///
/// The schedule needs nothing: its position is the epoch and the step.
public struct OptimizerState {
  public struct Average {
    public var tensors: [Tensor]
    public var steps: Int

    public init(tensors: [Tensor], steps: Int) {
      self.tensors = tensors
      self.steps = steps
    }
  }

  /// One for each of the optimiser's parameters.
  public var memories: [OptimizerMemory]
  /// Of the averaged parameters; `nil` where none are averaged.
  public var average: Average?

  public init(memories: [OptimizerMemory], average: Average? = nil) {
    self.memories = memories
    self.average = average
  }
}

extension Tensor {
  /// The same values in memory of their own.
  func copied() -> Tensor { Tensor(shape: shape, values: values) }
}
