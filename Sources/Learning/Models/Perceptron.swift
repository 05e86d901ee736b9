import Tensors

/// See `ModelDescription.mlp`.
enum Perceptron {
  /// `[batch, …]` → `[batch, classes]`.
  static func forward(_ x: Tensor, _ p: [Tensor]) -> Tensor {
    var x = x.flattened()
    for layer in stride(from: 0, to: p.count, by: 2) {
      if layer > 0 { x = x.relu() }
      x = x.linear(weight: p[layer], bias: p[layer + 1])
    }
    return x
  }
}
