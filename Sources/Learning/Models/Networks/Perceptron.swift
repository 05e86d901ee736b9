import Tensors

/// See `ModelDescription.mlp`.
enum Perceptron {
  static func layers(_ b: inout NetworkBuilder, hidden: [Int], classes: Int) -> [any Layer] {
    var layers = [b.flatten()]
    for (index, size) in (hidden + [classes]).enumerated() {
      if index > 0 { layers.append(ActivationLayer.relu) }
      layers.append(b.linear("fc\(index + 1)", size))
    }
    return layers
  }
}
