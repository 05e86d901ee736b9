extension Tensor {
  /// `max(x, floor)` elementwise; NaN passes. Gradient where `x > floor`.
  public func clamped(atLeast floor: Float) -> Tensor {
    let x = buffer
    let out = Buffer(count: x.count)
    for i in 0..<x.count { out.pointer[i] = x.pointer[i] <= floor ? floor : x.pointer[i] }
    return Tensor(shape: shape, buffer: out, from: [self]) { dy in
      self.receive {
        let dx = Buffer(count: x.count)
        for i in 0..<x.count { dx.pointer[i] = x.pointer[i] > floor ? dy.pointer[i] : 0 }
        return dx
      }
    }
  }
}
