import CKernels

extension Tensor {
  /// `e` to the power of each element. Gradient: `dy · y`.
  public func exp() -> Tensor {
    let y = Buffer(count: count)
    ck_exp(y.pointer, buffer.pointer, count)
    return Tensor(shape: shape, buffer: y, from: [self]) { dy in
      self.receive {
        let dx = Buffer(count: y.count)
        ck_multiply(dx.pointer, dy.pointer, y.pointer, y.count)
        return dx
      }
    }
  }

  /// The natural logarithm of each element; -∞ at 0, NaN below. Gradient: `dy / x`.
  public func log() -> Tensor {
    let x = buffer
    let y = Buffer(count: count)
    ck_log(y.pointer, x.pointer, count)
    return Tensor(shape: shape, buffer: y, from: [self]) { dy in
      self.receive {
        let dx = Buffer(count: x.count)
        ck_divide(dx.pointer, dy.pointer, x.pointer, x.count)
        return dx
      }
    }
  }
}
