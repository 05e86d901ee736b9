extension Shape {
  /// The shape without `axis`, or with 1 there; the axis has elements to choose from.
  public static func extremum(
    _ operation: String, _ shape: [Int], axis: Int, keepingAxis: Bool = false
  ) throws(ShapeError) -> [Int] {
    let axes = try axes(operation, [axis], of: shape)
    guard shape[axes[0]] > 0 else {
      throw ShapeError(operation, "axis \(axis) of \(shape) has no elements")
    }
    return try reduction(operation, shape, axes: axes, keepingAxes: keepingAxis)
  }
}

extension Tensor {
  /// The largest element along an axis, the first of equals, and its place there: `values` without the
  /// axis (or with 1 in its place), `indices` row-major in the same order.
  ///
  /// From the first element on, a strictly greater one replaces it; so NaN is the result where it comes
  /// first, and is passed over elsewhere. Gradient: `dy` to the element taken.
  public func maximum(
    axis: Int, keepingAxis: Bool = false
  ) -> (values: Tensor, indices: [Int32]) {
    extremum("maximum", axis, keepingAxis) { $0 > $1 }
  }

  /// The smallest element along an axis; otherwise as `maximum`.
  public func minimum(
    axis: Int, keepingAxis: Bool = false
  ) -> (values: Tensor, indices: [Int32]) {
    extremum("minimum", axis, keepingAxis) { $0 < $1 }
  }

  /// The places of the largest elements along an axis, the first of equals; row-major over the other axes.
  public func argmax(axis: Int) -> [Int32] { detached().maximum(axis: axis).indices }

  /// The places of the smallest elements along an axis, the first of equals.
  public func argmin(axis: Int) -> [Int32] { detached().minimum(axis: axis).indices }

  private func extremum(
    _ name: String, _ axis: Int, _ keepingAxis: Bool, replaces: (Float, Float) -> Bool
  ) -> (values: Tensor, indices: [Int32]) {
    let result = checked { () throws(ShapeError) in
      try Shape.extremum(name, shape, axis: axis, keepingAxis: keepingAxis)
    }
    let axis = axis < 0 ? axis + rank : axis
    let step = shape.strides[axis]
    let x = buffer.pointer
    var places: [Int] = []
    var indices: [Int32] = []
    places.reserveCapacity(result.product)
    indices.reserveCapacity(result.product)
    for number in 0..<result.product {
      let start = number / step * step * shape[axis] + number % step
      var best = start
      for place in stride(from: start, to: start + shape[axis] * step, by: step)
      where replaces(x[place], x[best]) {
        best = place
      }
      places.append(best)
      indices.append(Int32((best - start) / step))
    }
    return (taken(at: places).reshaped(result), indices)
  }
}
