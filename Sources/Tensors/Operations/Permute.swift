extension Shape {
  /// The sizes in the order of `axes`, which names each axis once.
  public static func permuted(_ shape: [Int], _ axes: [Int]) throws(ShapeError) -> [Int] {
    guard axes.sorted() == Array(shape.indices) else {
      throw ShapeError("permuted", "\(axes) is no order of the axes of \(shape)")
    }
    return axes.map { shape[$0] }
  }

  /// `[…, rows, columns]` → `[…, columns, rows]`.
  public static func transposed(_ shape: [Int]) throws(ShapeError) -> [Int] {
    guard shape.count >= 2 else {
      throw ShapeError("transposed", "\(shape) has no rows and columns")
    }
    return shape.dropLast(2) + [shape[shape.count - 1], shape[shape.count - 2]]
  }
}

extension Tensor {
  /// The axes in another order: axis `i` of the result is axis `axes[i]`. Gradient: `dy` turned back.
  public func permuted(_ axes: [Int]) -> Tensor {
    let result = checked { () throws(ShapeError) in try Shape.permuted(shape, axes) }
    let strides = shape.strides
    return Tensor.gathered(buffer, strides: axes.map { strides[$0] }, shape: result)
      .recorded(from: [self]) { back in
        let inverse = axes.indices.sorted { axes[$0] < axes[$1] }
        return [back.gradient.permuted(inverse)]
      }
  }

  /// `[…, rows, columns]` → `[…, columns, rows]`.
  public func transposed() -> Tensor {
    _ = checked { () throws(ShapeError) in try Shape.transposed(shape) }
    return permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }
}
