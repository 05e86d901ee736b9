import CKernels

extension Shape {
  /// `[…, m, k] × […, k, n]` → `[…, m, n]`; `transposed` says which operand is stored the other way
  /// round. The axes in front are equal, or one operand has none.
  public static func matmul(
    _ a: [Int], _ b: [Int], transposed: (Bool, Bool) = (false, false)
  ) throws(ShapeError) -> [Int] {
    guard a.count >= 2, b.count >= 2 else {
      throw ShapeError("matmul", "\(a) × \(b): both operands need two axes")
    }
    let (m, k) = transposed.0 ? (a[a.count - 1], a[a.count - 2]) : (a[a.count - 2], a[a.count - 1])
    let (l, n) = transposed.1 ? (b[b.count - 1], b[b.count - 2]) : (b[b.count - 2], b[b.count - 1])
    guard k == l else { throw ShapeError("matmul", "inner sizes differ: \(a) × \(b)") }
    let (left, right) = (Array(a.dropLast(2)), Array(b.dropLast(2)))
    guard left == right || left.isEmpty || right.isEmpty else {
      throw ShapeError("matmul", "the axes in front differ: \(a) × \(b)")
    }
    return (left.isEmpty ? right : left) + [m, n]
  }
}

extension Tensor {
  /// `[…, m, k] × […, k, n]` → `[…, m, n]`, contractions.
  ///
  /// With `transposed.0` this operand is stored `[…, k, m]`, with `transposed.1` the other `[…, n, k]`.
  /// An operand of two axes goes with every matrix of the other. Gradients: `dA = dC Bᵀ`, `dB = Aᵀ dC`.
  public func matmul(_ other: Tensor, transposed: (Bool, Bool) = (false, false)) -> Tensor {
    let result = checked { () throws(ShapeError) in
      try Shape.matmul(shape, other.shape, transposed: transposed)
    }
    let kept = [
      other.requiresGradient ? self : .nothing, requiresGradient ? other : .nothing,
    ]
    return Tensor.product(self, other, result, transposed)
      .recorded(from: [self, other], keeping: kept) {
        [aShape = shape, bShape = other.shape] back in
        let (dc, a, b) = (back.gradient, back.kept[0], back.kept[1])
        let (ta, tb) = transposed
        return [
          back.share(
            0,
            (ta ? b.matmul(dc, transposed: (tb, true)) : dc.matmul(b, transposed: (false, !tb)))
              .summed(to: aShape)),
          back.share(
            1,
            (tb ? dc.matmul(a, transposed: (true, ta)) : a.matmul(dc, transposed: (!ta, false)))
              .summed(to: bShape)),
        ]
      }
  }

  private static func product(
    _ a: Tensor, _ b: Tensor, _ shape: [Int], _ transposed: (Bool, Bool)
  ) -> Tensor {
    let (m, n) = (shape[shape.count - 2], shape[shape.count - 1])
    let k = transposed.0 ? a.shape[a.rank - 2] : a.shape[a.rank - 1]
    let c = Buffer(count: shape.product)
    ck_matmul_batched(
      c.pointer, a.buffer.pointer, b.buffer.pointer, shape.dropLast(2).reduce(1, *), m, n, k,
      a.rank > 2 ? m * k : 0, b.rank > 2 ? k * n : 0, transposed.0 ? 1 : 0, transposed.1 ? 1 : 0)
    return Tensor(shape: shape, buffer: c)
  }
}
