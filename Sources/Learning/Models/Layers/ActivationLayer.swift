import Tensors

/// A function of each element.
enum ActivationLayer: Layer {
  case relu
  case leakyReLU(slope: Float)

  var kind: String {
    switch self {
    case .relu: "ReLU"
    case .leakyReLU(let slope): "leaky ReLU \(slope)"
    }
  }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    switch self {
    case .relu: x.relu()
    case .leakyReLU(let slope): x.leakyReLU(slope: slope)
    }
  }
}
