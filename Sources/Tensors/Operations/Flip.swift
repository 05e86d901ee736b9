extension Tensor {
  /// The elements in reverse order along the axes. Gradient: `dy`, reversed.
  public func flipped(axes: [Int]) -> Tensor {
    let axes = checked { () throws(ShapeError) in try Shape.axes("flipped", axes, of: shape) }
    if count == 0 { return self }
    var strides = shape.strides
    var first = 0
    for axis in axes {
      first += (shape[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    return Tensor.gathered(buffer, from: first, strides: strides, shape: shape)
      .recorded(from: [self]) { [$0.gradient.flipped(axes: axes)] }
  }
}
