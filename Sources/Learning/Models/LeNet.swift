import Tensors

/// See `ModelDescription.lenet`.
enum LeNet {
  /// The numbers that reach the first fully connected layer, or `nil` where the image is too small.
  static func features(of inputShape: [Int]) -> Int? {
    let rows = (inputShape[1] / 2 - 4) / 2
    let columns = (inputShape[2] / 2 - 4) / 2
    return rows > 0 && columns > 0 ? 16 * rows * columns : nil
  }

  /// `[batch, channels, height, width]` → `[batch, classes]`.
  static func forward(_ x: Tensor, _ p: [Tensor]) -> Tensor {
    x.conv2dReLUMaxPool(weight: p[0], bias: p[1], padding: 2, pool: 2)
      .conv2dReLUMaxPool(weight: p[2], bias: p[3], pool: 2)
      .flattened()
      .linear(weight: p[4], bias: p[5]).relu()
      .linear(weight: p[6], bias: p[7]).relu()
      .linear(weight: p[8], bias: p[9])
  }
}
