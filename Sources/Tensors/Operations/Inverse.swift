extension Shape {
  /// `[…, n, n]`.
  public static func squareMatrices(
    _ operation: String, _ shape: [Int]
  ) throws(ShapeError) {
    guard shape.count >= 2, shape[shape.count - 1] == shape[shape.count - 2] else {
      throw ShapeError(operation, "\(shape) is not of square matrices")
    }
  }
}

/// For small matrices, `[…, n, n]`. A decomposition is made in binary64 with one IEEE operation at a time (no
/// fma), and what it gives is rounded to binary32 once.
extension Tensor {
  /// The inverse of each matrix; not finite for a singular one. Gradient: `-Yᵀ dy Yᵀ`, `Y` the inverse.
  public func inverse() -> Tensor {
    checked { () throws(ShapeError) in try Shape.squareMatrices("inverse", shape) }
    let n = shape[rank - 1]
    let y = Tensor(shape: shape, buffer: Buffer(count: count))
    for first in stride(from: 0, to: count, by: max(n * n, 1)) {
      let inverse = LUDecomposition(buffer.pointer + first, n).inverse()
      for (i, value) in inverse.enumerated() { y.buffer.pointer[first + i] = Float(value) }
    }
    return y.recorded(from: [self], keeping: [y]) { back in
      let y = back.kept[0]
      return [
        -(y.matmul(back.gradient, transposed: (true, false)).matmul(y, transposed: (false, true)))
      ]
    }
  }

  /// `log |det|` of each matrix, the sum by rule R1 of the pivots' logarithms: `[…, n, n]` → `[…]`; -∞ for a
  /// singular one. Gradient: `dy · X⁻ᵀ`.
  public func logAbsoluteDeterminant() -> Tensor {
    checked { () throws(ShapeError) in try Shape.squareMatrices("logAbsoluteDeterminant", shape) }
    let n = shape[rank - 1]
    let batch = Array(shape.dropLast(2))
    let pivots = Tensor(shape: batch + [n], buffer: Buffer(count: batch.product * n))
    for matrix in 0..<batch.product {
      let decomposition = LUDecomposition(buffer.pointer + matrix * n * n, n)
      for i in 0..<n { pivots.buffer.pointer[matrix * n + i] = Float(abs(decomposition[i, i])) }
    }
    return pivots.log().rowSums().reshaped(batch).recorded(from: [self], keeping: [self]) { back in
      [back.gradient.reshaped(batch + [1, 1]) * back.kept[0].inverse().transposed()]
    }
  }
}

/// `P A = L U` with partial pivoting: the pivot is the largest of its column in magnitude, the first of equals.
private struct LUDecomposition {
  private let n: Int
  /// L below the diagonal, whose own is 1; U on and above it.
  private var values: [Double]
  /// The row of A that became row i.
  private var order: [Int]

  init(_ matrix: UnsafePointer<Float>, _ n: Int) {
    self.n = n
    values = (0..<n * n).map { Double(matrix[$0]) }
    order = Array(0..<n)
    for column in 0..<n {
      exchange(column, pivotRow(column))
      guard self[column, column] != 0 else { continue }  // nothing to eliminate: it is singular
      for row in column + 1..<n {
        let factor = self[row, column] / self[column, column]
        self[row, column] = factor
        for j in column + 1..<n { self[row, j] -= factor * self[column, j] }
      }
    }
  }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * n + column] }
    set { values[row * n + column] = newValue }
  }

  /// A⁻¹, column by column: L and then U solved for the columns of P.
  func inverse() -> [Double] {
    var result = [Double](repeating: 0, count: n * n)
    for column in 0..<n {
      var x = order.map { $0 == column ? 1.0 : 0.0 }
      for row in 0..<n {
        for j in 0..<row { x[row] -= self[row, j] * x[j] }
      }
      for row in (0..<n).reversed() {
        for j in row + 1..<n { x[row] -= self[row, j] * x[j] }
        x[row] /= self[row, row]
      }
      for row in 0..<n { result[row * n + column] = x[row] }
    }
    return result
  }

  private func pivotRow(_ column: Int) -> Int {
    var best = column
    for row in column..<n where abs(self[row, column]) > abs(self[best, column]) { best = row }
    return best
  }

  private mutating func exchange(_ a: Int, _ b: Int) {
    guard a != b else { return }
    order.swapAt(a, b)
    for j in 0..<n { values.swapAt(a * n + j, b * n + j) }
  }
}
