import CKernels

extension Shape {
  /// `[batch, channels, …]` with `[channels]` for scale, shift, mean and variance, where given.
  public static func batchNorm(
    _ x: [Int], scale: [Int]? = nil, shift: [Int]? = nil, mean: [Int]? = nil, variance: [Int]? = nil
  ) throws(ShapeError) {
    guard x.count >= 2 else { throw ShapeError("batchNorm", "\(x) has no channels") }
    let given = [("scale", scale), ("shift", shift), ("mean", mean), ("variance", variance)]
    for case (let name, let shape?) in given where shape != [x[1]] {
      throw ShapeError("batchNorm", "\(name) \(shape) for \(x)")
    }
  }
}

extension Tensor {
  /// Normalises each channel by its own mean and variance: `[batch, channels, …]`, also `[batch, channels]`.
  ///
  /// `y = fma(x - mean, scale · r, shift)`, `r = 1 / √(variance + epsilon)`; mean and variance are
  /// channel sums over the count of positions, the latter biased, in two passes. `scale` (1 unless
  /// given) and `shift` (0) are `[channels]`. Mean and variance are returned as constants, for running
  /// statistics.
  ///
  /// Gradients, with `h = (x - mean) · r`: `dshift = Σ dy`, `dscale = Σ dy h`,
  /// `dx = scale · r · fma(-h, dscale / count, dy - dshift / count)`.
  public func batchNormTraining(
    scale: Tensor? = nil, shift: Tensor? = nil, epsilon: Float = 1e-5
  ) -> (result: Tensor, mean: Tensor, variance: Tensor) {
    checked { () throws(ShapeError) in
      try Shape.batchNorm(shape, scale: scale?.shape, shift: shift?.shape)
    }
    let channels = shape[1]
    let scale = scale ?? .ones([channels])
    let shift = shift ?? .zeros([channels])
    let mean = Tensor(shape: [channels], buffer: Buffer(count: channels))
    let variance = Tensor(shape: [channels], buffer: Buffer(count: channels))
    let inner = shape.dropFirst(2).reduce(1, *)
    ck_batch_norm_statistics(
      mean.buffer.pointer, variance.buffer.pointer, buffer.pointer, shape[0], channels, inner)
    let deviation = (variance + epsilon).reciprocalSquareRoot()
    let y = batchNormApplied(mean, deviation, scale, shift).recorded(
      from: [self, scale, shift], keeping: [self, scale, mean, deviation]
    ) { back in
      let (x, scale) = (back.kept[0], back.kept[1])
      return back.isRecorded
        ? x.batchNormShares(back, scale, epsilon)
        : x.batchNormShares(back, scale, mean: back.kept[2], deviation: back.kept[3])
    }
    return (y, mean, variance)
  }

  /// Normalises each channel by a mean and a variance that are given, and constant: `[batch, channels, …]`.
  ///
  /// `y = fma(x - mean, scale · r, shift)`, `r = 1 / √(variance + epsilon)`; all four are `[channels]`.
  /// Gradients: `dx = dy · (scale · r)`, `dscale = Σ dy · ((x - mean) · r)`, `dshift = Σ dy`.
  public func batchNormEvaluation(
    scale: Tensor? = nil, shift: Tensor? = nil, mean: Tensor, variance: Tensor,
    epsilon: Float = 1e-5
  ) -> Tensor {
    checked { () throws(ShapeError) in
      try Shape.batchNorm(
        shape, scale: scale?.shape, shift: shift?.shape, mean: mean.shape, variance: variance.shape)
    }
    let scale = scale ?? .ones([shape[1]])
    let shift = shift ?? .zeros([shape[1]])
    let mean = mean.detached()
    let deviation = (variance.detached() + epsilon).reciprocalSquareRoot()
    let kept = [scale.requiresGradient ? self : .nothing, scale, mean, deviation]
    return batchNormApplied(mean, deviation, scale, shift)
      .recorded(from: [self, scale, shift], keeping: kept) { [shape] back in
        let (dy, x, scale) = (back.gradient, back.kept[0], back.kept[1])
        let (mean, deviation) = (back.kept[2], back.kept[3])
        func along(_ channels: Tensor) -> Tensor { channels.channelShaped(shape.count) }
        return [
          back.share(0, dy * along(scale * deviation)),
          back.share(1, dy.channelDots((x - along(mean)) * along(deviation))),
          back.share(2, dy.channelSums()),
        ]
      }
  }

  /// `fma(x - mean, scale · deviation, shift)`, `deviation` being the reciprocal one.
  private func batchNormApplied(
    _ mean: Tensor, _ deviation: Tensor, _ scale: Tensor, _ shift: Tensor
  ) -> Tensor {
    let y = Tensor(shape: shape, buffer: Buffer(count: count))
    ck_batch_norm_apply(
      y.buffer.pointer, buffer.pointer, mean.buffer.pointer, deviation.buffer.pointer,
      scale.buffer.pointer, shift.buffer.pointer, shape[0], shape[1],
      shape.dropFirst(2).reduce(1, *))
    return y
  }

  /// The shares of x, scale and shift, in one kernel.
  private func batchNormShares(
    _ back: Backward, _ scale: Tensor, mean: Tensor, deviation: Tensor
  ) -> [Tensor?] {
    let dx = back.wants[0] ? Buffer(count: count) : nil
    let shares = [Buffer(count: scale.count), Buffer(count: scale.count)]
    ck_batch_norm_backward(
      dx?.pointer, shares[0].pointer, shares[1].pointer, back.gradient.buffer.pointer,
      buffer.pointer, mean.buffer.pointer, deviation.buffer.pointer, scale.buffer.pointer,
      shape[0], shape[1], shape.dropFirst(2).reduce(1, *))
    return [dx.map { Tensor(shape: shape, buffer: $0) }]
      + shares.map { Tensor(shape: scale.shape, buffer: $0) }
  }

  /// The same bits in operations that can be differentiated: mean and deviation are computed anew from x,
  /// on which they depend.
  private func batchNormShares(
    _ back: Backward, _ scale: Tensor, _ epsilon: Float
  ) -> [Tensor?] {
    let dy = back.gradient
    let positions = Float(shape[0] * shape.dropFirst(2).reduce(1, *))
    func along(_ channels: Tensor) -> Tensor { channels.channelShaped(rank) }
    let centred = self - along(channelSums() / positions)
    let deviation = (centred.channelDots(centred) / positions + epsilon).reciprocalSquareRoot()
    let normal = centred * along(deviation)
    let shift = dy.channelSums()
    let slope = dy.channelDots(normal)
    return [
      back.share(
        0,
        along(scale * deviation)
          * (-normal).multiplied(
            by: along(slope / positions), adding: dy - along(shift / positions))),
      slope, shift,
    ]
  }
}
