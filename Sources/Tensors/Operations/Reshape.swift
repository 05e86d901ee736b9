extension Tensor {
  /// The same values in the same order under another shape of as many elements; shares the memory.
  public func reshaped(_ shape: [Int]) -> Tensor {
    guard shape.allSatisfy({ $0 >= 0 }), shape.product == count else {
      fatalError("reshaped: \(self.shape) does not fit \(shape)")
    }
    return Tensor(shape: shape, buffer: buffer, from: [self]) { dy in self.receive { dy } }
  }

  /// `[batch, …]` → `[batch, features]`.
  public func flattened() -> Tensor {
    guard let batch = shape.first else { fatalError("flattened: a scalar has no batch axis") }
    return reshaped([batch, shape.dropFirst().reduce(1, *)])
  }
}
