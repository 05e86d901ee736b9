extension Tensor {
  /// Each row divided by its length: `x / √max(Σ x², epsilon²)`, the sum by rule R1 with fma: `[…, columns]`.
  ///
  /// A row shorter than `epsilon` is divided by `epsilon`, and its length takes no part in the gradient.
  public func l2Normalised(epsilon: Float = 1e-12) -> Tensor {
    // In this order, NaN stays NaN.
    self / Tensor.maximum(Tensor(epsilon * epsilon), rowDots(self)).squareRoot()
  }
}
