extension Shape {
  /// `target`, one size of which may be -1: what is left of the elements.
  public static func reshaped(_ shape: [Int], _ target: [Int]) throws(ShapeError) -> [Int] {
    let known = target.filter { $0 != -1 }
    guard known.count >= target.count - 1, let rest = try? count("reshaped", known) else {
      throw ShapeError("reshaped", "\(shape) does not fit \(target)")
    }
    let result = target.map { $0 == -1 ? (rest == 0 ? 0 : shape.product / rest) : $0 }
    guard result.product == shape.product else {
      throw ShapeError("reshaped", "\(shape) does not fit \(target)")
    }
    return result
  }

  /// `[batch, …]` → `[batch, features]`.
  public static func flattened(_ shape: [Int]) throws(ShapeError) -> [Int] {
    guard let batch = shape.first else {
      throw ShapeError("flattened", "a scalar has no batch axis")
    }
    return [batch, shape.dropFirst().reduce(1, *)]
  }
}

extension Tensor {
  /// The same values in the same order under another shape of as many elements; shares the memory. One
  /// size may be -1: what is left.
  public func reshaped(_ target: [Int]) -> Tensor {
    let result = checked { () throws(ShapeError) in try Shape.reshaped(shape, target) }
    if result == shape { return self }
    return Tensor(shape: result, buffer: buffer).recorded(from: [self]) { [shape] in
      [$0.gradient.reshaped(shape)]
    }
  }

  /// `[batch, …]` → `[batch, features]`.
  public func flattened() -> Tensor {
    reshaped(checked { () throws(ShapeError) in try Shape.flattened(shape) })
  }
}
