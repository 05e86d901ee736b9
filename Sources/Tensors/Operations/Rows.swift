extension Shape {
  /// `[rows, …]` and indices in `0..<rows` → `[indices.count, …]`.
  public static func selectingRows(
    _ shape: [Int], _ indices: some Collection<Int32>
  ) throws(ShapeError) -> [Int] {
    guard let rows = shape.first else {
      throw ShapeError("selectingRows", "a scalar has no rows")
    }
    try requireRows("selectingRows", indices, in: rows)
    return [indices.count] + shape.dropFirst()
  }

  /// `[n, …]` and as many indices in `0..<rows` → `[rows, …]`.
  public static func addingRows(
    _ shape: [Int], at indices: [Int32], of rows: Int
  ) throws(ShapeError) -> [Int] {
    guard shape.first == indices.count, rows >= 0 else {
      throw ShapeError("addingRows", "\(indices.count) indices for \(shape) among \(rows) rows")
    }
    try requireRows("addingRows", indices, in: rows)
    return [rows] + shape.dropFirst()
  }

  private static func requireRows(
    _ operation: String, _ indices: some Collection<Int32>, in rows: Int
  ) throws(ShapeError) {
    for index in indices where index < 0 || index >= rows {
      throw ShapeError(operation, "\(index) is not in 0..<\(rows)")
    }
  }
}

extension Tensor {
  /// The rows that `indices` names, in that order: `[n, …]` → `[indices.count, …]`. Of a table of
  /// parameters, an embedding.
  ///
  /// Gradient: the rows of `dy` added where they came from, in ascending order (`addingRows`).
  public func selectingRows(_ indices: some Collection<Int32>) -> Tensor {
    let result = checked { () throws(ShapeError) in try Shape.selectingRows(shape, indices) }
    let width = result.dropFirst().reduce(1, *)
    let y = Buffer(count: result.product)
    var target = y.pointer
    for index in indices {
      target.update(from: buffer.pointer + Int(index) * width, count: width)
      target += width
    }
    let selected = Tensor(shape: result, buffer: y)
    guard requiresGradient else { return selected }
    return selected.recorded(from: [self]) { [indices = Array(indices), rows = shape[0]] in
      [$0.gradient.addingRows(at: indices, of: rows)]
    }
  }

  /// `rows` rows of +0, to which each row is added at its index, in ascending order (scatter-add):
  /// `[n, …]` → `[rows, …]`. Gradient: the rows of `dy` at the indices.
  public func addingRows(at indices: [Int32], of rows: Int) -> Tensor {
    let result = checked { () throws(ShapeError) in
      try Shape.addingRows(shape, at: indices, of: rows)
    }
    let width = result.dropFirst().reduce(1, *)
    let y = Buffer(repeating: 0, count: result.product)
    for (row, index) in indices.enumerated() {
      let (source, target) = (buffer.pointer + row * width, y.pointer + Int(index) * width)
      for i in 0..<width { target[i] += source[i] }
    }
    return Tensor(shape: result, buffer: y).recorded(from: [self]) {
      [$0.gradient.selectingRows(indices)]
    }
  }
}
