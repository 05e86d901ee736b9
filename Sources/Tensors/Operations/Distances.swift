extension Shape {
  /// `[n, features]` and `[m, features]` → `[n, m]`.
  public static func distances(
    _ operation: String, _ a: [Int], _ b: [Int]
  ) throws(ShapeError) -> [Int] {
    guard a.count == 2, b.count == 2, a[1] == b[1] else {
      throw ShapeError(operation, "the rows of \(a) and \(b) do not go together")
    }
    return [a[0], b[0]]
  }
}

/// Distances of every row from every row of another: `[n, features]`, `[m, features]` → `[n, m]`.
extension Tensor {
  /// `Σ_k d_k²`, `d = a_i - b_j`, a contraction: exact zeros for equal rows, and no cancellation.
  ///
  /// Gradients: `da = 2 (a_i Σ_j dy_ij - Σ_j dy_ij b_j)`, `db` likewise.
  public func squaredDistances(to other: Tensor) -> Tensor {
    let result = checked { () throws(ShapeError) in
      try Shape.distances("squaredDistances", shape, other.shape)
    }
    let rows = (0..<shape[0]).map { row in
      let difference = (detached().sliced(axis: 0, row..<row + 1) - other.detached())
        .reshaped([1] + other.shape)
      return difference.channelDots(difference)
    }
    let y = rows.isEmpty ? Tensor.zeros(result) : Tensor.stacked(rows)
    return y.recorded(from: [self, other], keeping: [self, other]) { back in
      let (dy, a, b) = (back.gradient, back.kept[0], back.kept[1])
      let turned = dy.transposed()
      return [
        back.share(0, (a * dy.rowSums() - dy.matmul(b)) * 2),
        back.share(1, (b * turned.rowSums() - turned.matmul(a)) * 2),
      ]
    }
  }

  /// `√ squaredDistances`; the gradient of distance 0 is 0.
  public func euclideanDistances(to other: Tensor) -> Tensor {
    let squared = squaredDistances(to: other)
    let none = squared.detached().equal(to: Tensor(0))
    return none.select(.zeros([]), none.select(Tensor(1), squared).squareRoot())
  }

  /// The cosines of the angles: the contraction of the rows of `l2Normalised`.
  public func cosineSimilarities(to other: Tensor) -> Tensor {
    _ = checked { () throws(ShapeError) in
      try Shape.distances("cosineSimilarities", shape, other.shape)
    }
    return l2Normalised().matmul(other.l2Normalised(), transposed: (false, true))
  }

  /// `1 - cosineSimilarities`.
  public func cosineDistances(to other: Tensor) -> Tensor { 1 - cosineSimilarities(to: other) }
}
