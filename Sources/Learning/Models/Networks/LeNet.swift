import Tensors

/// See `ModelDescription.lenet`.
enum LeNet {
  static func layers(_ b: inout NetworkBuilder, classes: Int) throws(ShapeError) -> [any Layer] {
    [
      try b.convolutionReLUMaxPool("conv1", 6, kernel: 5, padding: 2, pool: 2),
      try b.convolutionReLUMaxPool("conv2", 16, kernel: 5, pool: 2),
      b.flatten(),
      b.linear("fc1", 120), ActivationLayer.relu,
      b.linear("fc2", 84), ActivationLayer.relu,
      b.linear("fc3", classes),
    ]
  }
}
