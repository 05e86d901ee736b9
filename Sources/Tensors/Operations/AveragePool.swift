import CKernels

extension Shape {
  /// `[batch, channels, height, width]` → `[batch, channels, size.height, size.width]`.
  public static func adaptiveAveragePool2d(
    _ x: [Int], to size: (height: Int, width: Int)
  ) throws(ShapeError) -> [Int] {
    guard x.count == 4, x[2] >= 1, x[3] >= 1, size.height >= 1, size.width >= 1 else {
      throw ShapeError("adaptiveAveragePool2d", "\(x) to \(size.height) × \(size.width)")
    }
    return [x[0], x[1], size.height, size.width]
  }

  /// `[batch, channels, …]` → `[batch, channels]`.
  public static func globalAveragePool(_ x: [Int]) throws(ShapeError) -> [Int] {
    guard x.count >= 3 else {
      throw ShapeError("globalAveragePool", "\(x) has nothing within its channels")
    }
    return [x[0], x[1]]
  }
}

extension Tensor {
  /// The mean of each square window, over the places inside the image: their sum row by row, a
  /// contraction, over their number. Gradient: `dy / number` added at each place, windows ascending.
  ///
  /// `size` is the window's side, in `1...15`; `stride` is as much unless given; `padding` at most half.
  public func averagePool2d(_ size: Int, stride: Int? = nil, padding: Int = 0) -> Tensor {
    let stride = stride ?? size
    let result = checked { () throws(ShapeError) in
      try Shape.pool2d("averagePool2d", shape, size: size, stride: stride, padding: padding)
    }
    let windows = ck_pool2d(shape, size: size, stride: stride, padding: padding)
    let y = Buffer(count: result.product)
    withUnsafePointer(to: windows) { ck_average_pool2d_forward(y.pointer, buffer.pointer, $0) }
    return Tensor(shape: result, buffer: y).recorded(from: [self]) { [shape] in
      [$0.gradient.spread(over: shape, size: size, stride: stride, padding: padding)]
    }
  }

  /// The gradient of `averagePool2d`: each element divided among its window. Gradient: the pool of `dy`.
  private func spread(over full: [Int], size: Int, stride: Int, padding: Int) -> Tensor {
    let windows = ck_pool2d(full, size: size, stride: stride, padding: padding)
    let dx = Buffer(count: full.product)
    withUnsafePointer(to: windows) { ck_average_pool2d_backward(dx.pointer, buffer.pointer, $0) }
    return Tensor(shape: full, buffer: dx).recorded(from: [self]) {
      [$0.gradient.averagePool2d(size, stride: stride, padding: padding)]
    }
  }

  /// The mean of each of `height × width` windows that cover the image: `[batch, channels, …]` of two axes
  /// → `[batch, channels, height, width]`.
  ///
  /// Of n rows, window i of h begins at `⌊i n / h⌋` and ends before `⌈(i + 1) n / h⌉`; columns likewise. A
  /// window's sum runs row by row, a contraction.
  public func adaptiveAveragePool2d(to size: (height: Int, width: Int)) -> Tensor {
    let result = checked { () throws(ShapeError) in
      try Shape.adaptiveAveragePool2d(shape, to: size)
    }
    let (rows, columns) = (shape[2], shape[3])
    if rows % size.height == 0, columns % size.width == 0,
      rows / size.height == columns / size.width, rows / size.height <= 15
    {
      return averagePool2d(rows / size.height)
    }
    let planes = reshaped([1, shape[0] * shape[1], rows, columns])
    var cells: [Tensor] = []
    for i in 0..<size.height {
      let band = planes.sliced(axis: 2, Self.window(i, of: size.height, over: rows))
      for j in 0..<size.width {
        let cell = band.sliced(axis: 3, Self.window(j, of: size.width, over: columns))
        cells.append(cell.channelSums() / Float(cell.shape[2] * cell.shape[3]))
      }
    }
    return Tensor.stacked(cells).transposed().reshaped(result)
  }

  /// The mean of each channel, a contraction over its elements, over their number:
  /// `[batch, channels, …]` → `[batch, channels]`. Gradient: `dy / number`, repeated.
  public func globalAveragePool() -> Tensor {
    let result = checked { () throws(ShapeError) in try Shape.globalAveragePool(shape) }
    let inner = shape.dropFirst(2).reduce(1, *)
    return (reshaped([1, shape[0] * shape[1], inner]).channelSums() / Float(inner)).reshaped(result)
  }

  private static func window(_ index: Int, of count: Int, over size: Int) -> Range<Int> {
    index * size / count..<((index + 1) * size + count - 1) / count
  }
}
