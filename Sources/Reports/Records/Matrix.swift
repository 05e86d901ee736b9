package import Learning

/// A square matrix as a report shows it.
package struct Matrix: Hashable, Sendable {
  package let size: Int
  /// Row by row.
  package let values: [Double]
  /// Whether it counts, so that its numbers are shown without decimals.
  package let isCount: Bool

  package init(size: Int, values: [Double], isCount: Bool = false) {
    precondition(values.count == size * size)
    self.size = size
    self.values = values
    self.isCount = isCount
  }

  /// `nil` for an array that is no square of 2 to 1,000 rows, and for flags.
  package init?(_ array: NumericArray) {
    guard array.shape.count == 2, array.shape[0] == array.shape[1],
      (2...1_000).contains(array.shape[0]), array.type != .bool
    else { return nil }
    self.init(size: array.shape[0], values: array.doubles, isCount: array.integers != nil)
  }

  package subscript(row: Int, column: Int) -> Double { values[row * size + column] }

  /// Entry by entry; both of one size.
  package static func - (left: Matrix, right: Matrix) -> Matrix {
    Matrix(size: left.size, values: zip(left.values, right.values).map { $0 - $1 })
  }

  /// `Σ|T̂ − T| / Σ|T|`, `T` being the truth: the estimation error of the field (Xia et al., NeurIPS 2019).
  package func estimationError(against truth: Matrix) -> Double {
    let distance = (self - truth).values.reduce(0) { $0 + abs($1) }
    return distance / truth.values.reduce(0) { $0 + abs($1) }
  }

  /// How often each label was taken for which; `nil` for labels that are none of 2 to 1,000 classes.
  package static func confusion(labels: [Int], predictions: [Int]) -> Matrix? {
    let most = max(labels.max() ?? 0, predictions.max() ?? 0)
    guard most < 1_000 else { return nil }
    let size = most + 1
    guard labels.count == predictions.count, (2...1_000).contains(size),
      labels.allSatisfy({ $0 >= 0 }), predictions.allSatisfy({ $0 >= 0 })
    else { return nil }
    var counts = [Double](repeating: 0, count: size * size)
    for (label, prediction) in zip(labels, predictions) { counts[label * size + prediction] += 1 }
    return Matrix(size: size, values: counts, isCount: true)
  }

  /// The mean of matrices of one size; `nil` of none.
  package static func mean(_ matrices: [Matrix]) -> Matrix? {
    guard let first = matrices.first, matrices.allSatisfy({ $0.size == first.size }) else {
      return nil
    }
    let sums = matrices.dropFirst().reduce(first.values) { sums, matrix in
      zip(sums, matrix.values).map { $0 + $1 }
    }
    return Matrix(size: first.size, values: sums.map { $0 / Double(matrices.count) })
  }
}
