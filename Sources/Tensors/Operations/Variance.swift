extension Tensor {
  /// The mean squared distance from the mean over some axes: `Σ d² / n` with `d = x - mean`, in two passes;
  /// of a sample, `Σ d² / (n - 1)`.
  ///
  /// Over trailing axes the squares are summed by rule R1 with fma; over others squares are taken first and
  /// summed as `sum(axes:)` has it. Gradient: through `d`.
  public func variance(axes: [Int], ofSample: Bool = false, keepingAxes: Bool = false) -> Tensor {
    let result = checked { () throws(ShapeError) in
      try Shape.reduction("variance", shape, axes: axes, keepingAxes: keepingAxes)
    }
    let reduced = axes.map { $0 < 0 ? $0 + rank : $0 }.sorted()
    let n = reduced.reduce(1) { $0 * shape[$1] }
    let centred = self - mean(axes: reduced, keepingAxes: true)
    let divisor = Float(ofSample ? n - 1 : n)
    guard reduced == Array(rank - reduced.count..<rank) else {
      return (centred * centred).sum(axes: reduced, keepingAxes: keepingAxes) / divisor
    }
    let rows = centred.reshaped([result.product, n])
    return rows.rowDots(rows).reshaped(result) / divisor
  }
}
