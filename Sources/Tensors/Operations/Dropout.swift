import CKernels

extension Shape {
  /// A rate in `0..<1`.
  public static func dropout(rate: Double) throws(ShapeError) {
    guard rate >= 0, rate < 1 else { throw ShapeError("dropout", "rate \(rate) is not in 0..<1") }
  }
}

extension Tensor {
  /// Each element dropped with probability `rate`, or kept and divided by `1 - rate`: `x · mask`, the mask
  /// being `float(1 / (1 - rate))` where the word's upper 24 bits are at least `round(rate · 2²⁴)`, else +0.
  ///
  /// Element i takes the stream's element `firstElement + i`. Gradient: `dy · mask`.
  public func dropout(rate: Double, stream: RandomStream, firstElement: UInt64 = 0) -> Tensor {
    checked { () throws(ShapeError) in try Shape.dropout(rate: rate) }
    if rate == 0 { return self }
    let mask = Tensor(shape: shape, buffer: Buffer(count: count))
    let threshold = UInt32((rate * 0x1p24).rounded(.toNearestOrEven))
    ck_dropout_mask(
      mask.buffer.pointer, stream.seed, stream.id, firstElement, threshold,
      Float(1 / (1 - rate)), count)
    return self * mask
  }
}
