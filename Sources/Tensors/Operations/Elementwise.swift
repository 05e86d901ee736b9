import CKernels

/// Elementwise `+ - * /`, each one IEEE operation an element; the operands are repeated to a common shape
/// as `Shape.broadcast` has it.
extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    binary(CK_ADD, "+", a, b).recorded(from: [a, b]) { [a = a.shape, b = b.shape] back in
      [back.share(0, back.gradient.summed(to: a)), back.share(1, back.gradient.summed(to: b))]
    }
  }

  public static func - (a: Tensor, b: Tensor) -> Tensor {
    binary(CK_SUBTRACT, "-", a, b).recorded(from: [a, b]) { [a = a.shape, b = b.shape] back in
      [back.share(0, back.gradient.summed(to: a)), back.share(1, (-back.gradient).summed(to: b))]
    }
  }

  public static func * (a: Tensor, b: Tensor) -> Tensor {
    // Each operand is the other's derivative, of no use to it where the other has none.
    let kept = [a.requiresGradient ? b : .nothing, b.requiresGradient ? a : .nothing]
    return binary(CK_MULTIPLY, "*", a, b)
      .recorded(from: [a, b], keeping: kept) { [a = a.shape, b = b.shape] back in
        [
          back.share(0, (back.gradient * back.kept[0]).summed(to: a)),
          back.share(1, (back.gradient * back.kept[1]).summed(to: b)),
        ]
      }
  }

  /// Gradients: `dy / b` and `-((dy · a / b) / b)`.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    binary(CK_DIVIDE, "/", a, b)
      .recorded(from: [a, b], keeping: [b.requiresGradient ? a : .nothing, b]) {
        [aShape = a.shape, bShape = b.shape] back in
        let (dy, a, b) = (back.gradient, back.kept[0], back.kept[1])
        return [
          back.share(0, (dy / b).summed(to: aShape)),
          back.share(1, (-(dy * a / b) / b).summed(to: bShape)),
        ]
      }
  }

  public static func + (a: Tensor, b: Float) -> Tensor { a + Tensor(b) }
  public static func - (a: Tensor, b: Float) -> Tensor { a - Tensor(b) }
  public static func * (a: Tensor, b: Float) -> Tensor { a * Tensor(b) }
  public static func / (a: Tensor, b: Float) -> Tensor { a / Tensor(b) }
  public static func + (a: Float, b: Tensor) -> Tensor { Tensor(a) + b }
  public static func - (a: Float, b: Tensor) -> Tensor { Tensor(a) - b }
  public static func * (a: Float, b: Tensor) -> Tensor { Tensor(a) * b }
  public static func / (a: Float, b: Tensor) -> Tensor { Tensor(a) / b }

  public static prefix func - (a: Tensor) -> Tensor {
    unary(CK_NEGATE, a).recorded(from: [a]) { [-$0.gradient] }
  }

  /// `self · factor + summand` in one fma an element, rounded once.
  ///
  /// Gradients: `dy · factor`, `dy · self`, `dy`.
  public func multiplied(by factor: Tensor, adding summand: Tensor) -> Tensor {
    let name = "multiplied"
    let y = Tensor.ternary(CK_MULTIPLY_ADD, name, self, factor, summand)
    let kept = [
      requiresGradient ? factor : .nothing, factor.requiresGradient ? self : .nothing,
    ]
    let shapes = [shape, factor.shape, summand.shape]
    return y.recorded(from: [self, factor, summand], keeping: kept) { back in
      let dy = back.gradient
      return [
        back.share(0, (dy * back.kept[0]).summed(to: shapes[0])),
        back.share(1, (dy * back.kept[1]).summed(to: shapes[1])),
        back.share(2, dy.summed(to: shapes[2])),
      ]
    }
  }
}

// MARK: The kernels, without gradients

extension Tensor {
  /// Stands for a tensor that a pullback will not need.
  static var nothing: Tensor { Tensor(shape: [0], buffer: .empty) }

  static func unary(_ operation: Int, _ x: Tensor) -> Tensor {
    let y = Buffer(count: x.count)
    ck_unary(Int32(operation), y.pointer, x.buffer.pointer, x.count)
    return Tensor(shape: x.shape, buffer: y)
  }

  static func binary(_ operation: Int, _ name: String, _ a: Tensor, _ b: Tensor) -> Tensor {
    let shape = checked { () throws(ShapeError) in try Shape.broadcast(name, a.shape, b.shape) }
    let y = Buffer(count: shape.product)
    if a.shape == b.shape || a.count == 1 || b.count == 1 {
      var steps = [a.count == 1 ? 0 : 1, b.count == 1 ? 0 : 1]
      var count = y.count
      steps.withUnsafeMutableBufferPointer { steps in
        guard let step = steps.baseAddress else { return }
        ck_binary(
          Int32(operation), y.pointer, a.buffer.pointer, step, b.buffer.pointer, step + 1, &count, 1
        )
      }
      return Tensor(shape: shape, buffer: y)
    }
    let sizes = checked { () throws(ShapeError) in try Shape.withinRank(name, shape) }
    ck_binary(
      Int32(operation), y.pointer, a.buffer.pointer, a.repeatingStrides(in: shape),
      b.buffer.pointer, b.repeatingStrides(in: shape), sizes, Int32(sizes.count))
    return Tensor(shape: shape, buffer: y)
  }

  static func ternary(
    _ operation: Int, _ name: String, _ a: Tensor, _ b: Tensor, _ c: Tensor
  ) -> Tensor {
    let sizes = checked { () throws(ShapeError) in
      let pair = try Shape.broadcast(name, a.shape, b.shape)
      return try Shape.withinRank(name, Shape.broadcast(name, pair, c.shape))
    }
    let y = Buffer(count: sizes.product)
    ck_ternary(
      Int32(operation), y.pointer, a.buffer.pointer, a.repeatingStrides(in: sizes),
      b.buffer.pointer, b.repeatingStrides(in: sizes), c.buffer.pointer,
      c.repeatingStrides(in: sizes), sizes, Int32(sizes.count))
    return Tensor(shape: sizes, buffer: y)
  }

  /// The values that lie `strides` apart in `x`, from `first` on, as an array of `shape`.
  static func gathered(
    _ x: Buffer, from first: Int = 0, strides: [Int], shape: [Int]
  ) -> Tensor {
    let sizes = checked { () throws(ShapeError) in try Shape.withinRank("view", shape) }
    let y = Buffer(count: sizes.product)
    ck_gather_strided(y.pointer, x.pointer + first, strides, sizes, Int32(sizes.count))
    return Tensor(shape: sizes, buffer: y)
  }
}

extension Shape {
  /// A shape of no more axes than the kernels take.
  static func withinRank(_ operation: String, _ shape: [Int]) throws(ShapeError) -> [Int] {
    guard shape.count <= CK_MOST_AXES else {
      throw ShapeError(operation, "\(shape) has more than \(CK_MOST_AXES) axes")
    }
    return shape
  }
}
