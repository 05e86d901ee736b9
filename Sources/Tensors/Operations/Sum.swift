import CKernels

extension Shape {
  /// The axes `axes` of `shape`, counted from the end where negative: ascending, each once.
  public static func axes(_ operation: String, _ axes: [Int], of shape: [Int]) throws(ShapeError)
    -> [Int]
  {
    let counted = axes.map { $0 < 0 ? $0 + shape.count : $0 }
    guard counted.allSatisfy({ shape.indices.contains($0) }), Set(counted).count == axes.count
    else {
      throw ShapeError(operation, "\(shape) has no axes \(axes)")
    }
    return counted.sorted()
  }

  /// The shape of a reduction over `axes`; they stay as 1, or go.
  public static func reduction(
    _ operation: String, _ shape: [Int], axes: [Int], keepingAxes: Bool
  ) throws(ShapeError) -> [Int] {
    let axes = try Shape.axes(operation, axes, of: shape)
    var result = shape
    for axis in axes { result[axis] = 1 }
    for axis in axes.reversed() where !keepingAxes { result.remove(at: axis) }
    return result
  }
}

extension Shape {
  /// Two of `[…, columns]` → `[…, 1]`.
  public static func rowDots(_ a: [Int], _ b: [Int]) throws(ShapeError) -> [Int] {
    guard a == b, !a.isEmpty else {
      throw ShapeError("rowDots", "the shapes \(a) and \(b) differ or have no rows")
    }
    return a.dropLast() + [1]
  }

  /// `[batch, channels, …]` → `[channels]`.
  public static func channelSums(_ x: [Int]) throws(ShapeError) -> [Int] {
    guard x.count >= 2 else { throw ShapeError("channelSums", "\(x) has no channels") }
    return [x[1]]
  }

  /// Two of `[batch, channels, …]` → `[channels]`.
  public static func channelDots(_ a: [Int], _ b: [Int]) throws(ShapeError) -> [Int] {
    guard a == b, a.count >= 2 else {
      throw ShapeError("channelDots", "the shapes \(a) and \(b) differ or have no channels")
    }
    return [a[1]]
  }
}

extension Tensor {
  /// The sum of all elements by rule R1: `[…]` → `[]`. Gradient: `dy` repeated.
  public func sum() -> Tensor {
    let y = Buffer(count: 1)
    y.pointer[0] = ck_sum(buffer.pointer, count)
    return Tensor(shape: [], buffer: y).recorded(from: [self]) { [shape] in
      [$0.gradient.expanded(to: shape)]
    }
  }

  /// The sum over some axes: the trailing ones together by rule R1, then each other axis, the last first,
  /// by adding its elements in ascending order. Gradient: `dy` repeated.
  public func sum(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    let kept = checked { () throws(ShapeError) in
      try Shape.reduction("sum", shape, axes: axes, keepingAxes: true)
    }
    let result = checked { () throws(ShapeError) in
      try Shape.reduction("sum", shape, axes: axes, keepingAxes: keepingAxes)
    }
    let y = Tensor(
      shape: result,
      buffer: Tensor.summed(
        buffer, shape: shape,
        over: kept.indices.filter { axis in
          axes.contains(axis) || axes.contains(axis - shape.count)
        }))
    return y.recorded(from: [self]) { [shape] in
      [$0.gradient.reshaped(kept).expanded(to: shape)]
    }
  }

  /// The sum of all elements by rule R1, divided by their number: `[…]` → `[]`. NaN for no elements.
  public func mean() -> Tensor { sum() / Float(count) }

  /// The sum over some axes divided by the number of places summed.
  public func mean(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    let sums = sum(axes: axes, keepingAxes: keepingAxes)
    return sums / Float(sums.count == 0 ? 0 : count / sums.count)
  }

  /// The sum of each row by rule R1: `[…, columns]` → `[…, 1]`, which goes with the rows it came from.
  public func rowSums() -> Tensor { sum(axes: [-1], keepingAxes: true) }

  /// The inner product of each row with the other's, by rule R1 with fma: two of `[…, columns]` →
  /// `[…, 1]`. Gradients: `dy · other`, `dy · self`.
  public func rowDots(_ other: Tensor) -> Tensor {
    let result = checked { () throws(ShapeError) in try Shape.rowDots(shape, other.shape) }
    let y = Buffer(count: result.product)
    ck_dot_rows(y.pointer, buffer.pointer, other.buffer.pointer, y.count, shape[rank - 1])
    return Tensor(shape: result, buffer: y)
      .recorded(from: [self, other], keeping: [self, other]) { back in
        [
          back.share(0, back.kept[1] * back.gradient),
          back.share(1, back.kept[0] * back.gradient),
        ]
      }
  }

  /// The sum of each channel by rule R2: `[batch, channels, …]` → `[channels]`. Gradient: `dy` repeated.
  public func channelSums() -> Tensor {
    let result = checked { () throws(ShapeError) in try Shape.channelSums(shape) }
    let y = Buffer(count: shape[1])
    ck_channel_sums(y.pointer, buffer.pointer, shape[0], shape[1], shape.dropFirst(2).reduce(1, *))
    return Tensor(shape: result, buffer: y).recorded(from: [self]) { [shape] in
      [$0.gradient.alongChannels(of: shape)]
    }
  }

  /// The inner product of each channel with the other's, by rule R2 with fma: two of
  /// `[batch, channels, …]` → `[channels]`. Gradients: `dy · other`, `dy · self`.
  public func channelDots(_ other: Tensor) -> Tensor {
    let result = checked { () throws(ShapeError) in try Shape.channelDots(shape, other.shape) }
    let y = Buffer(count: shape[1])
    ck_channel_dots(
      y.pointer, buffer.pointer, other.buffer.pointer, shape[0], shape[1],
      shape.dropFirst(2).reduce(1, *))
    return Tensor(shape: result, buffer: y)
      .recorded(from: [self, other], keeping: [self, other]) { [shape] back in
        let dy = back.gradient.alongChannels(of: shape)
        return [back.share(0, dy * back.kept[1]), back.share(1, dy * back.kept[0])]
      }
  }

  /// `[channels]` repeated over the other axes of `full`, `[batch, channels, …]`.
  func alongChannels(of full: [Int]) -> Tensor { channelShaped(full.count).expanded(to: full) }

  /// `[channels]` as `[channels, 1, …]`, which goes with an array of `rank` axes, channels the second.
  func channelShaped(_ rank: Int) -> Tensor {
    reshaped([count] + [Int](repeating: 1, count: rank - 2))
  }

  /// See `sum(axes:)`; `axes` are ascending.
  private static func summed(_ x: Buffer, shape: [Int], over axes: [Int]) -> Buffer {
    var sizes = shape
    var sums = x
    var left = axes
    let trailing = axes.reversed().enumerated().prefix { $1 == shape.count - 1 - $0 }.count
    if trailing > 0 {
      let columns = sizes.suffix(trailing).reduce(1, *)
      sizes.removeLast(trailing)
      left.removeLast(trailing)
      sums = Buffer(count: sizes.product)
      ck_sum_rows(sums.pointer, x.pointer, sums.count, columns)
    }
    for axis in left.reversed() {
      let inner = sizes[(axis + 1)...].reduce(1, *)
      let outer = sizes[..<axis].reduce(1, *)
      let source = sums
      sums = Buffer(count: outer * inner)
      ck_sum_axis(sums.pointer, source.pointer, outer, sizes[axis], inner)
      sizes[axis] = 1
    }
    return sums
  }
}
