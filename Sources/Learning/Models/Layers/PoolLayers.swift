import Tensors

/// The largest of each square window.
struct MaxPoolLayer: Layer {
  let size: Int
  let stride: Int
  let padding: Int

  var kind: String { "maximum \(size)×\(size)\(stride == size ? "" : ", stride \(stride)")" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    x.maxPool2d(size, stride: stride, padding: padding)
  }
}

/// `[batch, channels, …]` → `[batch, channels]`.
struct GlobalAveragePoolLayer: Layer {
  var kind: String { "average of each channel" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor { x.globalAveragePool() }
}

/// `[batch, …]` → `[batch, features]`.
struct FlattenLayer: Layer {
  var kind: String { "flat" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor { x.flattened() }
}
