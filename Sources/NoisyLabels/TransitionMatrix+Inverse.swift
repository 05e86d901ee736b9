extension TransitionMatrix {
  /// The matrix whose product with this one is the identity; Gauss-Jordan with partial pivoting.
  public func inverse() throws(TransitionError) -> TransitionMatrix {
    var left = rows
    var right = TransitionMatrix.identity(classes: classes).rows
    let largest = rows.joined().reduce(0) { max($0, abs($1)) }
    for column in 0..<classes {
      // The largest remaining entry of the column, the first of equals.
      var pivot = column
      for row in column..<classes where abs(left[row][column]) > abs(left[pivot][column]) {
        pivot = row
      }
      guard abs(left[pivot][column]) > largest * 1e-14 else { throw .singular }
      left.swapAt(column, pivot)
      right.swapAt(column, pivot)

      let divisor = left[column][column]
      left[column] = left[column].map { $0 / divisor }
      right[column] = right[column].map { $0 / divisor }
      for row in 0..<classes where row != column {
        let factor = left[row][column]
        guard factor != 0 else { continue }
        for j in 0..<classes {
          left[row][j] -= factor * left[column][j]
          right[row][j] -= factor * right[column][j]
        }
      }
    }
    return try TransitionMatrix(right)
  }
}
