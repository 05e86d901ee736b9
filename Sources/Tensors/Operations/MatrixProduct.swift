import CKernels

extension Tensor {
  /// `[m, k] × [k, n]` → `[m, n]`, a contraction. Gradients: `dA = dC Bᵀ`, `dB = Aᵀ dC`.
  public func matmul(_ other: Tensor) -> Tensor {
    guard shape.count == 2, other.shape.count == 2, shape[1] == other.shape[0] else {
      fatalError("matmul: inner sizes differ: \(shape) × \(other.shape)")
    }
    let (m, k, n) = (shape[0], shape[1], other.shape[1])
    let a = buffer
    let b = other.buffer
    let c = Buffer(count: m * n)
    ck_matmul(c.pointer, a.pointer, b.pointer, m, n, k, 0, 0)
    return Tensor(shape: [m, n], buffer: c, from: [self, other]) { dc in
      self.receive {
        let da = Buffer(count: m * k)
        ck_matmul(da.pointer, dc.pointer, b.pointer, m, k, n, 0, 1)
        return da
      }
      other.receive {
        let db = Buffer(count: k * n)
        ck_matmul(db.pointer, a.pointer, dc.pointer, k, n, m, 1, 0)
        return db
      }
    }
  }
}
