import CKernels

extension Shape {
  /// Shapes that differ in `axis` alone → the same with the sum there.
  public static func concatenated(_ shapes: [[Int]], axis: Int) throws(ShapeError) -> [Int] {
    guard var result = shapes.first else {
      throw ShapeError("concatenated", "0 tensors have no shape")
    }
    let axis = try axes("concatenated", [axis], of: result)[0]
    for shape in shapes.dropFirst() {
      guard shape.count == result.count,
        shape.indices.allSatisfy({ $0 == axis || shape[$0] == result[$0] })
      else { throw ShapeError("concatenated", "\(shapes[0]) and \(shape) along axis \(axis)") }
      result[axis] += shape[axis]
    }
    return result
  }
}

extension Tensor {
  /// Tensors one behind the other along an axis. Gradients: the parts of `dy`.
  public static func concatenated(_ parts: [Tensor], axis: Int) -> Tensor {
    let full = checked { () throws(ShapeError) in
      try Shape.concatenated(parts.map(\.shape), axis: axis)
    }
    let axis = axis < 0 ? axis + full.count : axis
    let y = Buffer(count: full.product)
    let strides = full.strides
    var starts: [Int] = []
    var start = 0
    for part in parts {
      ck_scatter_strided(
        y.pointer + start * strides[axis], strides, part.buffer.pointer, part.shape,
        Int32(part.rank))
      starts.append(start)
      start += part.shape[axis]
    }
    let ranges = zip(starts, parts).map { $0..<$0 + $1.shape[axis] }
    return Tensor(shape: full, buffer: y).recorded(from: parts) { back in
      ranges.indices.map { back.share($0, back.gradient.sliced(axis: axis, ranges[$0])) }
    }
  }

  /// Tensors of one shape along a new first axis.
  public static func stacked(_ parts: [Tensor]) -> Tensor {
    concatenated(parts.map { $0.reshaped([1] + $0.shape) }, axis: 0)
  }
}
