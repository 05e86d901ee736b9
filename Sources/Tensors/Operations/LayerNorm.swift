extension Shape {
  /// `[…, features]` with `[features]` for scale and shift, where given.
  public static func layerNorm(
    _ x: [Int], scale: [Int]? = nil, shift: [Int]? = nil
  ) throws(ShapeError) {
    guard let features = x.last else { throw ShapeError("layerNorm", "a scalar has no features") }
    for case (let name, let shape?) in [("scale", scale), ("shift", shift)]
    where shape != [features] {
      throw ShapeError("layerNorm", "\(name) \(shape) for \(x)")
    }
  }
}

extension Tensor {
  /// Normalises each row by its own mean and variance: `[…, features]`.
  ///
  /// `y = fma(x - mean, scale · r, shift)`, `r = 1 / √(variance + epsilon)`, the statistics by rule R1,
  /// the variance biased and in two passes. `scale` (1 unless given) and `shift` (0) are `[features]`.
  /// Gradients as those of `groupNorm` with one group.
  public func layerNorm(
    scale: Tensor? = nil, shift: Tensor? = nil, epsilon: Float = 1e-5
  ) -> Tensor {
    checked { () throws(ShapeError) in
      try Shape.layerNorm(shape, scale: scale?.shape, shift: shift?.shape)
    }
    let (rows, features) = rowsAndColumns("layerNorm")
    return reshaped([rows, features])
      .normalised(groups: 1, channels: features, scale, shift, epsilon).reshaped(shape)
  }
}
