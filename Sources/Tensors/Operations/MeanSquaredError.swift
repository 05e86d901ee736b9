extension Shape {
  /// Two of one shape → `[]`.
  public static func meanSquaredError(_ x: [Int], _ target: [Int]) throws(ShapeError) {
    guard x == target else {
      throw ShapeError("meanSquaredError", "the shapes \(x) and \(target) differ")
    }
  }
}

extension Tensor {
  /// `Σ d² / count`, `d = self - target`, the sum by rule R1 with fma: two of one shape → `[]`.
  ///
  /// Gradients: `dy / count · d` twice, and the negative to the target. NaN for no elements.
  public func meanSquaredError(_ target: Tensor) -> Tensor {
    checked { () throws(ShapeError) in try Shape.meanSquaredError(shape, target.shape) }
    let difference = (self - target).reshaped([count])
    return difference.rowDots(difference).reshaped([]) / Float(count)
  }
}
