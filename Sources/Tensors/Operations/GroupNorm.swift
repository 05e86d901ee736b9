extension Shape {
  /// `[batch, channels, …]`, the channels in `groups` groups of equal size, `[channels]` for scale and shift.
  public static func groupNorm(
    _ x: [Int], groups: Int, scale: [Int]? = nil, shift: [Int]? = nil
  ) throws(ShapeError) {
    guard x.count >= 2 else { throw ShapeError("groupNorm", "\(x) has no channels") }
    guard groups >= 1, x[1] % groups == 0 else {
      throw ShapeError("groupNorm", "the channels of \(x) do not make \(groups) groups")
    }
    for case (let name, let shape?) in [("scale", scale), ("shift", shift)] where shape != [x[1]] {
      throw ShapeError("groupNorm", "\(name) \(shape) for \(x)")
    }
  }
}

extension Tensor {
  /// Normalises each group of channels of each sample by its own mean and variance:
  /// `[batch, channels, …]`. As many groups as channels is instance normalisation.
  ///
  /// `y = fma(x - mean, scale · r, shift)`, `r = 1 / √(variance + epsilon)`, the statistics by rule R1
  /// over the group's elements, the variance biased and in two passes. `scale` and `shift` are `[channels]`.
  ///
  /// Gradients, with `h = (x - mean) · r` and `g = dy · scale`: `dx = r · fma(-h, Σ g h / n, g - Σ g / n)`
  /// by rule R1 over the group's n elements; `dscale = Σ dy h` and `dshift = Σ dy`, channel sums.
  public func groupNorm(
    groups: Int, scale: Tensor? = nil, shift: Tensor? = nil, epsilon: Float = 1e-5
  ) -> Tensor {
    checked { () throws(ShapeError) in
      try Shape.groupNorm(shape, groups: groups, scale: scale?.shape, shift: shift?.shape)
    }
    return normalised(groups: groups, channels: shape[1], scale, shift, epsilon)
  }

  /// The batch's axis is split off in front of `channels`; what follows the channels lies within them.
  func normalised(
    groups: Int, channels: Int, _ scale: Tensor?, _ shift: Tensor?, _ epsilon: Float
  ) -> Tensor {
    let layout = Groups(count: count, batch: shape[0], channels: channels, groups: groups)
    let scale = scale ?? .ones([channels])
    let shift = shift ?? .zeros([channels])
    let (centred, deviation) = layout.statistics(of: detached(), epsilon)
    let factor = scale.detached().reshaped(layout.channelShape) * deviation
    let y = centred.multiplied(
      by: factor, adding: shift.detached().reshaped(layout.channelShape)
    ).reshaped(shape)
    return y.recorded(from: [self, scale, shift], keeping: [self, scale]) { [shape] back in
      let (x, scale) = (back.kept[0], back.kept[1])
      let (centred, deviation) = layout.statistics(of: x, epsilon)
      let normal = centred * deviation
      let dy = back.gradient.reshaped(layout.shape)
      let slope = dy * scale.reshaped(layout.channelShape)
      let along = layout.sum(slope, times: normal) / layout.size
      let level = layout.sum(slope) / layout.size
      return [
        back.share(
          0,
          (deviation * (-normal).multiplied(by: along, adding: slope - level)).reshaped(shape)),
        back.share(
          1, dy.reshaped(layout.byChannel).channelDots(normal.reshaped(layout.byChannel))),
        back.share(2, dy.reshaped(layout.byChannel).channelSums()),
      ]
    }
  }
}

/// How an array of samples, channels and what lies within those falls into groups.
private struct Groups {
  /// `[batch, groups, channels of a group, …]`.
  let shape: [Int]

  init(count: Int, batch: Int, channels: Int, groups: Int) {
    let inner = batch * channels == 0 ? 0 : count / (batch * channels)
    shape = [batch, groups, channels / groups, inner]
  }

  /// The elements of a group.
  var size: Float { Float(shape[2] * shape[3]) }
  var channelShape: [Int] { [shape[1], shape[2], 1] }
  var byChannel: [Int] { [shape[0], shape[1] * shape[2], shape[3]] }
  private var rows: [Int] { [shape[0], shape[1], 1, shape[2] * shape[3]] }

  /// The sum of each group by rule R1: `[batch, groups, 1, 1]`.
  func sum(_ x: Tensor) -> Tensor { x.reshaped(rows).rowSums() }

  /// The inner product of each group by rule R1.
  func sum(_ x: Tensor, times other: Tensor) -> Tensor {
    x.reshaped(rows).rowDots(other.reshaped(rows))
  }

  /// `x - mean` in the groups' shape, and `1 / √(variance + epsilon)` of each group.
  func statistics(of x: Tensor, _ epsilon: Float) -> (centred: Tensor, deviation: Tensor) {
    let x = x.reshaped(shape)
    let centred = x - sum(x) / size
    let variance = sum(centred, times: centred) / size
    return (centred, (variance + epsilon).reciprocalSquareRoot())
  }
}
