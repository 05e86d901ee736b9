import Tensors

/// `[batch, in]` → `[batch, out]`.
struct LinearLayer: Layer {
  let name: String
  let parameters: Range<Int>

  var kind: String { "linear" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    x.linear(
      weight: pass.weights[parameters.lowerBound], bias: pass.weights[parameters.lowerBound + 1])
  }
}
