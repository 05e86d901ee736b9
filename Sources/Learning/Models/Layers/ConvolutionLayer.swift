import Tensors

/// `[batch, in, height, width]` → `[batch, out, …]`.
struct ConvolutionLayer: Layer {
  let name: String
  /// The weight, and the bias if it has one.
  let parameters: Range<Int>
  let stride: Int
  let padding: Int
  let kernel: Int

  var kind: String {
    "convolution \(kernel)×\(kernel)\(stride == 1 ? "" : ", stride \(stride)")"
  }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    let weights = pass.weights[parameters]
    return x.conv2d(
      weight: weights[parameters.lowerBound],
      bias: weights.count > 1 ? weights[parameters.lowerBound + 1] : nil, stride: stride,
      padding: padding)
  }
}

/// A convolution of stride 1 with bias, ReLU, and the maximum of square windows side by side.
struct ConvolutionReLUMaxPoolLayer: Layer {
  let name: String
  let parameters: Range<Int>
  let padding: Int
  let pool: Int
  let kernel: Int

  var kind: String { "convolution \(kernel)×\(kernel), ReLU, maximum \(pool)×\(pool)" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    x.conv2dReLUMaxPool(
      weight: pass.weights[parameters.lowerBound], bias: pass.weights[parameters.lowerBound + 1],
      padding: padding, pool: pool)
  }
}
