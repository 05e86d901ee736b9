import CKernels

extension Shape {
  /// The shape that both operands of an element-wise operation are repeated to: the axes are matched
  /// from the last; sizes are equal, or one of them is 1 or missing.
  public static func broadcast(
    _ operation: String, _ a: [Int], _ b: [Int]
  ) throws(ShapeError) -> [Int] {
    if a == b { return a }
    let rank = max(a.count, b.count)
    var result = [Int](repeating: 1, count: rank)
    for axis in 1...rank {
      let m = axis <= a.count ? a[a.count - axis] : 1
      let n = axis <= b.count ? b[b.count - axis] : 1
      guard m == n || m == 1 || n == 1 else {
        throw ShapeError(operation, "the shapes \(a) and \(b) do not go together")
      }
      result[rank - axis] = m == 1 ? n : m
    }
    return result
  }

  /// `shape` if it can be repeated to `full`.
  public static func expanded(_ shape: [Int], to full: [Int]) throws(ShapeError) {
    _ = try count("expanded", full)
    guard try broadcast("expanded", shape, full) == full else {
      throw ShapeError("expanded", "\(shape) cannot be repeated to \(full)")
    }
  }
}

extension Tensor {
  /// The values repeated to a larger shape: axes of size 1, and axes in front.
  ///
  /// Gradient: the sum over the repetitions, `summed(to:)`.
  public func expanded(to full: [Int]) -> Tensor {
    if shape == full { return self }
    checked { () throws(ShapeError) in try Shape.expanded(shape, to: full) }
    let y = Tensor.gathered(buffer, strides: repeatingStrides(in: full), shape: full)
    return y.recorded(from: [self]) { [shape] in [$0.gradient.summed(to: shape)] }
  }

  /// The sum over the axes that `expanded(to:)` would repeat: the trailing ones together by rule R1, then
  /// each other axis, the last first, by adding its elements in ascending order.
  ///
  /// Gradient: `dy` repeated.
  public func summed(to small: [Int]) -> Tensor {
    if shape == small { return self }
    checked { () throws(ShapeError) in try Shape.expanded(small, to: shape) }
    let missing = rank - small.count
    let axes = (0..<rank).filter { $0 < missing || (small[$0 - missing] == 1 && shape[$0] != 1) }
    return sum(axes: axes, keepingAxes: true).reshaped(small)
  }

  /// For each axis of `full`, the step in this tensor's memory; 0 where it is repeated.
  func repeatingStrides(in full: [Int]) -> [Int] {
    let own = zip(shape, shape.strides).map { $0 == 1 ? 0 : $1 }
    return [Int](repeating: 0, count: full.count - rank) + own
  }
}
