import CKernels

extension Shape {
  /// The shape with every `step`th place of `range` of `axis`.
  public static func sliced(
    _ shape: [Int], axis: Int, _ range: Range<Int>, step: Int = 1
  ) throws(ShapeError) -> [Int] {
    let axis = try axes("sliced", [axis], of: shape)[0]
    guard range.lowerBound >= 0, range.upperBound <= shape[axis], step >= 1 else {
      let every = step == 1 ? "" : " by steps of \(step)"
      throw ShapeError("sliced", "\(shape) has no \(range)\(every) in axis \(axis)")
    }
    var result = shape
    result[axis] = (range.count + step - 1) / step
    return result
  }
}

extension Tensor {
  /// A range of one axis, or every `step`th place of it from the first on. Gradient: `dy` among zeros.
  public func sliced(axis: Int, _ range: Range<Int>, step: Int = 1) -> Tensor {
    let result = checked { () throws(ShapeError) in
      try Shape.sliced(shape, axis: axis, range, step: step)
    }
    let axis = axis < 0 ? axis + rank : axis
    var strides = shape.strides
    let first = range.lowerBound * strides[axis]
    strides[axis] *= step
    return Tensor.gathered(buffer, from: first, strides: strides, shape: result)
      .recorded(from: [self]) { [size = shape[axis]] in
        [$0.gradient.embedded(axis: axis, at: range.lowerBound, of: size, step: step)]
      }
  }

  /// This among zeros: as every `step`th place, from `start` on, of an axis of `size`. Gradient: those
  /// places of `dy`.
  func embedded(axis: Int, at start: Int, of size: Int, step: Int = 1) -> Tensor {
    var full = shape
    full[axis] = size
    let y = Buffer(repeating: 0, count: full.product)
    var strides = full.strides
    let first = start * strides[axis]
    strides[axis] *= step
    ck_scatter_strided(y.pointer + first, strides, buffer.pointer, shape, Int32(rank))
    return Tensor(shape: full, buffer: y).recorded(from: [self]) { [count = shape[axis]] in
      let end = count == 0 ? start : start + (count - 1) * step + 1
      return [$0.gradient.sliced(axis: axis, start..<end, step: step)]
    }
  }
}
