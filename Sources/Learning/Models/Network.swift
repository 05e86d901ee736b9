import Tensors

/// What a description and the sizes of input and output come to: layers in the order in which they
/// compute, and the arrays that they compute with.
struct Network {
  let layers: [any Layer]
  /// In the order of the layers, as PyTorch's `state_dict` has them.
  let arrays: [ArrayLayout]
}

/// One step from a network's input to its logits.
///
/// A layer knows the places of its arrays, not the arrays: those come with the pass.
protocol Layer {
  /// The layer's name as PyTorch would have it, `layer1.0.conv1`; empty for what has no arrays and draws no
  /// numbers.
  var name: String { get }
  /// What it is, for people: `convolution 3×3`.
  var kind: String { get }
  /// Which of the network's parameters are its own.
  var parameters: Range<Int> { get }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor
}

extension Layer {
  var name: String { "" }
  var parameters: Range<Int> { 0..<0 }
}

extension [any Layer] {
  /// One after the other.
  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    reduce(x) { x, layer in
      let y = layer.forward(x, pass)
      pass.onLayer?(layer, y)
      return y
    }
  }
}

/// One array of a network.
struct ArrayLayout: Equatable {
  let name: String
  let shape: [Int]
  let role: Role

  enum Role: Equatable {
    case parameter(InitialValues)
    case runningMean
    case runningVariance
    /// `num_batches_tracked`, an integer.
    case batchCount
  }
}

/// How a parameter begins.
enum InitialValues: Equatable {
  /// Within ± this.
  case uniform(bound: Double)
  /// Around 0.
  case normal(deviation: Double)
  case constant(Float)

  /// ±1/√fan-in: PyTorch's own for convolutions and linear layers, weights and biases.
  static func uniform(fanIn: Int) -> InitialValues {
    .uniform(bound: 1 / Double(fanIn).squareRoot())
  }

  /// √(2 / fan-out), for convolutions with ReLU (He et al., 2015).
  static func kaimingNormal(fanOut: Int) -> InitialValues {
    .normal(deviation: (2 / Double(fanOut)).squareRoot())
  }

  func values(_ count: Int, from stream: RandomStream) -> [Float] {
    switch self {
    case .uniform(let bound):
      stream.uniform(count, low: -Float(bound), high: Float(bound))
    case .normal(let deviation): stream.normal(count).map { $0 * Float(deviation) }
    case .constant(let value): Array(repeating: value, count: count)
    }
  }
}
