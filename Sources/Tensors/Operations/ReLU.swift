import CKernels

extension Tensor {
  /// `x <= 0 ? +0 : x`; NaN passes. Gradient where `x > 0`.
  public func relu() -> Tensor {
    let y = Buffer(count: count)
    ck_relu_forward(y.pointer, buffer.pointer, count)
    return Tensor(shape: shape, buffer: y, from: [self]) { dy in
      self.receive {
        let dx = Buffer(count: y.count)
        ck_relu_backward(dx.pointer, dy.pointer, y.pointer, y.count)
        return dx
      }
    }
  }
}
