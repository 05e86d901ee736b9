extension Tensor {
  /// The elements at places of the flat, row-major array: `y[i] = x[places[i]]`, `[places.count]`.
  ///
  /// Gradient: `dy` added at the places, in ascending order of `i`.
  func taken(at places: [Int]) -> Tensor {
    let y = Buffer(count: places.count)
    for (i, place) in places.enumerated() { y.pointer[i] = buffer.pointer[place] }
    return Tensor(shape: [places.count], buffer: y).recorded(from: [self]) { [shape] in
      [$0.gradient.placed(at: places, in: shape)]
    }
  }

  /// Zeros of `shape`, to which each element is added at its place of the flat array, in ascending order.
  ///
  /// Gradient: `dy` at the places.
  func placed(at places: [Int], in full: [Int]) -> Tensor {
    let y = Buffer(repeating: 0, count: full.product)
    for (i, place) in places.enumerated() { y.pointer[place] += buffer.pointer[i] }
    return Tensor(shape: full, buffer: y).recorded(from: [self]) { [shape] in
      [$0.gradient.taken(at: places).reshaped(shape)]
    }
  }

  /// The element that `columns` names in each row: `[batch, classes]` → `[batch]`, `y[b] = x[b, columns[b]]`.
  public func gathered(_ columns: [Int32]) -> Tensor {
    checked { () throws(ShapeError) in try Shape.gathered(shape, columns) }
    let width = shape[1]
    return taken(at: columns.enumerated().map { $0 * width + Int($1) })
  }
}

extension Shape {
  /// `[batch, classes]` and an index in `0..<classes` for each row → `[batch]`.
  public static func gathered(_ shape: [Int], _ columns: [Int32]) throws(ShapeError) {
    guard shape.count == 2, shape[0] == columns.count else {
      throw ShapeError("gathered", "\(columns.count) indices for shape \(shape)")
    }
    for (row, column) in columns.enumerated() where column < 0 || column >= shape[1] {
      throw ShapeError("gathered", "index \(column) in row \(row) is not in 0..<\(shape[1])")
    }
  }
}
