extension Shape {
  /// `[…, columns]` and a number in `0...columns` → `[…, count]`.
  public static func topK(_ shape: [Int], _ count: Int) throws(ShapeError) -> [Int] {
    guard let columns = shape.last, 0...columns ~= count else {
      throw ShapeError("topK", "\(shape) has no \(count) elements in a row")
    }
    return shape.dropLast() + [count]
  }
}

extension Tensor {
  /// Each row in ascending order, or descending; equals stay in the order of their indices, and NaN comes
  /// last in either: `[…, columns]`. `indices` says, row-major, in which column each value was.
  ///
  /// Gradient: `dy` to where the values were.
  public func sorted(descending: Bool = false) -> (values: Tensor, indices: [Int32]) {
    let (rows, columns) = rowsAndColumns("sorted")
    return leading(columns, rows, columns, descending)
  }

  /// The `count` largest elements of each row, in descending order; of equals the smaller index comes first,
  /// and NaN last: `[…, columns]` → `[…, count]`. `indices` are their columns.
  ///
  /// Gradient: `dy` to where the values were.
  public func topK(_ count: Int) -> (values: Tensor, indices: [Int32]) {
    _ = checked { () throws(ShapeError) in try Shape.topK(shape, count) }
    let (rows, columns) = rowsAndColumns("topK")
    return leading(count, rows, columns, true)
  }

  private func leading(
    _ count: Int, _ rows: Int, _ columns: Int, _ descending: Bool
  ) -> (values: Tensor, indices: [Int32]) {
    var indices: [Int32] = []
    var places: [Int] = []
    for row in 0..<rows {
      let order = rowOrder(row, columns, descending: descending).prefix(count)
      indices += order.map { Int32($0) }
      places += order.map { row * columns + $0 }
    }
    return (taken(at: places).reshaped(shape.dropLast() + [count]), indices)
  }

  /// The columns of a row as `sorted` has them.
  func rowOrder(_ row: Int, _ columns: Int, descending: Bool) -> [Int] {
    let x = buffer.pointer + row * columns
    // The index settles ties, so the order is the same by whatever method it is found.
    return (0..<columns).sorted { i, j in
      let (a, b) = (x[i], x[j])
      if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? i < j : b.isNaN }
      if a == b { return i < j }
      return descending ? a > b : a < b
    }
  }
}
