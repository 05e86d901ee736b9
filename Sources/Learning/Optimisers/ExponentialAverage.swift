public import Tensors

/// A running average of parameters: `a ← d·a + (1-d)·w` after each step.
///
/// With few steps a constant decay of 0.999 leaves mostly the initial values; the ramp forgets them.
public struct ExponentialAverage {
  public enum Decay: Sendable, Hashable {
    case constant(Double)
    /// `min(d, (1 + n) / (10 + n))`, `n` being the steps done.
    case ramped(Double)

    /// The decay of the step that makes `n` steps done.
    public func value(steps n: Int) -> Double {
      switch self {
      case .constant(let decay): decay
      case .ramped(let decay): min(decay, Double(1 + n) / Double(10 + n))
      }
    }
  }

  public let decay: Decay
  /// The averages, one for each parameter, starting at its value.
  public private(set) var tensors: [Tensor]
  public private(set) var steps = 0
  private let parameters: [Parameter]

  /// Averages these parameters from their values now.
  public init(of parameters: [Parameter], decay: Decay) {
    self.parameters = parameters
    self.decay = decay
    tensors = parameters.map { $0.tensor.copied() }
  }

  /// Takes the parameters' values in, after a step.
  mutating func update() {
    steps += 1
    let decay = decay.value(steps: steps)
    for (average, parameter) in zip(tensors, parameters) {
      average.average(with: parameter.tensor, keep: Float(decay), take: Float(1 - decay))
    }
  }

  /// Runs `body` while the parameters hold the averages: to measure or store the averaged model.
  public func applied<Result>(_ body: () throws -> Result) rethrows -> Result {
    exchange()
    defer { exchange() }
    return try body()
  }

  private func exchange() {
    for (average, parameter) in zip(tensors, parameters) {
      average.withUnsafeMutableValues { average in
        parameter.tensor.withUnsafeMutableValues { values in
          for i in values.indices { swap(&average[i], &values[i]) }
        }
      }
    }
  }

  /// The averages and the count, to be kept.
  var state: OptimizerState.Average {
    get { .init(tensors: tensors.map { $0.copied() }, steps: steps) }
    set {
      tensors = newValue.tensors.map { $0.copied() }
      steps = newValue.steps
    }
  }
}
