import CKernels

extension Tensor {
  /// One step of LAMB, in place, with these weights as one layer: the moments `m`, `v` as Adam's, the direction
  /// `u = fma(decay, w, (m / c₁) / (√(v / c₂) + ε))`, `w = fma(u, -(rate · r), w)`.
  ///
  /// The trust ratio `r` is `‖w‖ / ‖u‖`, norms by rule R1 in binary32; 1 where either is 0 and where
  /// `isAdapted` is false. `rate · r` is rounded once from binary64.
  public func lambStep(
    along gradient: Tensor, first: Tensor, second: Tensor, rate: Double, isAdapted: Bool,
    scalars: AdamScalars
  ) {
    checkMoments("lambStep", gradient, first, second)
    var numbers = scalars.numbers
    let direction = Buffer(count: count)
    ck_lamb_direction(
      direction.pointer, first.buffer.pointer, second.buffer.pointer, buffer.pointer,
      gradient.buffer.pointer, &numbers, count)
    let trust = isAdapted ? Self.trustRatio(buffer, direction) : 1
    ck_add_scaled(buffer.pointer, direction.pointer, -Float(rate * Double(trust)), count)
  }

  private static func trustRatio(_ weights: Buffer, _ direction: Buffer) -> Float {
    let weightNorm = ck_dot(weights.pointer, weights.pointer, weights.count).squareRoot()
    let stepNorm = ck_dot(direction.pointer, direction.pointer, direction.count).squareRoot()
    return weightNorm > 0 && stepNorm > 0 ? weightNorm / stepNorm : 1
  }
}
