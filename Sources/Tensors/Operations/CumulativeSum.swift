extension Tensor {
  /// The sums of the elements up to each one along an axis: `y_i = y_{i-1} + x_i`, from +0 on; `reversed`
  /// begins at the end. Gradient: the cumulative sum of `dy` from the other end.
  public func cumulativeSum(axis: Int, reversed: Bool = false) -> Tensor {
    let axis = checked { () throws(ShapeError) in
      try Shape.axes("cumulativeSum", [axis], of: shape)
    }[0]
    let (size, step) = (shape[axis], shape.strides[axis])
    let y = Buffer(count: count)
    for line in 0..<(size == 0 ? 0 : count / size) {
      let start = line / step * step * size + line % step
      var sum: Float = 0
      for i in 0..<size {
        let place = start + (reversed ? size - 1 - i : i) * step
        sum += buffer.pointer[place]
        y.pointer[place] = sum
      }
    }
    return Tensor(shape: shape, buffer: y).recorded(from: [self]) {
      [$0.gradient.cumulativeSum(axis: axis, reversed: !reversed)]
    }
  }
}
