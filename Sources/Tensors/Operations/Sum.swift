import CKernels

extension Tensor {
  /// The sum of all elements by rule R1: `[…]` → `[]`.
  public func sum() -> Tensor {
    let x = buffer
    let out = Buffer(count: 1)
    out.pointer[0] = ck_sum(x.pointer, x.count)
    return Tensor(shape: [], buffer: out, from: [self]) { dy in
      self.receive { Buffer(repeating: dy.pointer[0], count: x.count) }
    }
  }

  /// The sum of all elements by rule R1, divided by their number: `[…]` → `[]`. NaN for no elements.
  public func mean() -> Tensor { sum() / Float(count) }

  /// The sum of each row by rule R1: `[…, columns]` → `[…, 1]`, which goes with the rows it came from.
  public func rowSums() -> Tensor {
    guard let columns = shape.last else { fatalError("rowSums: a scalar has no rows") }
    let rows = shape.dropLast().reduce(1, *)
    let x = buffer
    let out = Buffer(count: rows)
    for row in 0..<rows { out.pointer[row] = ck_sum(x.pointer + row * columns, columns) }
    return Tensor(shape: shape.dropLast() + [1], buffer: out, from: [self]) { dy in
      self.receive {
        let dx = Buffer(count: x.count)
        for row in 0..<rows {
          (dx.pointer + row * columns).update(repeating: dy.pointer[row], count: columns)
        }
        return dx
      }
    }
  }
}
