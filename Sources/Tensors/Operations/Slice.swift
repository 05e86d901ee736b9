import CKernels

extension Shape {
  /// The shape with `range` of `axis`.
  public static func sliced(
    _ shape: [Int], axis: Int, _ range: Range<Int>
  ) throws(ShapeError) -> [Int] {
    guard shape.indices.contains(axis), range.lowerBound >= 0, range.upperBound <= shape[axis]
    else {
      throw ShapeError("sliced", "\(shape) has no \(range) in axis \(axis)")
    }
    var result = shape
    result[axis] = range.count
    return result
  }
}

extension Tensor {
  /// A range of one axis. Gradient: `dy` among zeros.
  public func sliced(axis: Int, _ range: Range<Int>) -> Tensor {
    let axis = axis < 0 ? axis + rank : axis
    let result = checked { () throws(ShapeError) in try Shape.sliced(shape, axis: axis, range) }
    let strides = shape.strides
    return Tensor.gathered(
      buffer, from: range.lowerBound * strides[axis], strides: strides, shape: result
    ).recorded(from: [self]) { [size = shape[axis]] in
      [$0.gradient.embedded(axis: axis, at: range.lowerBound, of: size)]
    }
  }

  /// This among zeros: as the part from `start` on of an axis of `size`. Gradient: that part of `dy`.
  func embedded(axis: Int, at start: Int, of size: Int) -> Tensor {
    var full = shape
    full[axis] = size
    let y = Buffer(repeating: 0, count: full.product)
    let strides = full.strides
    ck_scatter_strided(
      y.pointer + start * strides[axis], strides, buffer.pointer, shape, Int32(rank))
    return Tensor(shape: full, buffer: y).recorded(from: [self]) { [count = shape[axis]] in
      [$0.gradient.sliced(axis: axis, start..<start + count)]
    }
  }
}
