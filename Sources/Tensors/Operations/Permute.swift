extension Shape {
  /// The sizes in the order of `axes`, which names each axis once.
  public static func permuted(_ shape: [Int], _ axes: [Int]) throws(ShapeError) -> [Int] {
    guard axes.sorted() == Array(shape.indices) else {
      throw ShapeError("permuted", "\(axes) is no order of the axes of \(shape)")
    }
    return axes.map { shape[$0] }
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
    guard rank >= 2 else { fatalError("transposed: \(shape) has no rows and columns") }
    return permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }
}
