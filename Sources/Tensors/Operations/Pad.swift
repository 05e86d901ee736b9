extension Shape {
  /// The shape with so much more at the beginning and end of each axis.
  public static func padded(
    _ shape: [Int], _ widths: [(before: Int, after: Int)]
  ) throws(ShapeError) -> [Int] {
    guard widths.count == shape.count, widths.allSatisfy({ $0.before >= 0 && $0.after >= 0 })
    else {
      let widths = widths.map { "(\($0.before), \($0.after))" }.joined(separator: ", ")
      throw ShapeError("padded", "\(shape) by \(widths)")
    }
    return zip(shape, widths).map { $0 + $1.before + $1.after }
  }
}

extension Tensor {
  /// Zeros around: so many at the beginning and at the end of each axis. Gradient: `dy` without them.
  public func padded(_ widths: [(before: Int, after: Int)]) -> Tensor {
    let result = checked { () throws(ShapeError) in try Shape.padded(shape, widths) }
    var padded = self
    for (axis, width) in widths.enumerated() where width.before > 0 || width.after > 0 {
      padded = padded.embedded(axis: axis, at: width.before, of: result[axis])
    }
    return padded
  }
}
