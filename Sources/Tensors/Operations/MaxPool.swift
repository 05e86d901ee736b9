import CKernels

extension Shape {
  /// `[batch, channels, height, width]`, images of a pixel at least → the same with `(height + 2 padding - size) / stride + 1` rows, and
  /// columns likewise.
  public static func pool2d(
    _ operation: String, _ x: [Int], size: Int, stride: Int, padding: Int
  ) throws(ShapeError) -> [Int] {
    guard x.count == 4, 1...15 ~= size, stride >= 1, 0...size / 2 ~= padding, x[2] > 0, x[3] > 0,
      x[2] + 2 * padding >= size, x[3] + 2 * padding >= size
    else {
      throw ShapeError(
        operation, "\(x) with windows of \(size), stride \(stride), padding \(padding)")
    }
    return [
      x[0], x[1], (x[2] + 2 * padding - size) / stride + 1,
      (x[3] + 2 * padding - size) / stride + 1,
    ]
  }
}

extension Tensor {
  /// The largest of each square window; what lies outside the image does not count. The first of equals
  /// takes the gradient.
  ///
  /// `size` is the window's side, in `1...15`; `stride` is as much unless given; `padding` at most half.
  public func maxPool2d(_ size: Int, stride: Int? = nil, padding: Int = 0) -> Tensor {
    let stride = stride ?? size
    let result = checked { () throws(ShapeError) in
      try Shape.pool2d("maxPool2d", shape, size: size, stride: stride, padding: padding)
    }
    let windows = ck_pool2d(shape, size: size, stride: stride, padding: padding)
    let y = Buffer(count: result.product)
    let index = ByteBuffer(count: y.count)
    withUnsafePointer(to: windows) {
      ck_maxpool2d_forward(y.pointer, index.pointer, buffer.pointer, $0)
    }
    return Tensor(shape: result, buffer: y).recorded(from: [self]) { [shape] in
      [$0.gradient.unpooled(to: shape, windows, index)]
    }
  }

  /// Each element put where its window's maximum was, ascending. Gradient: what lies there.
  private func unpooled(to full: [Int], _ windows: ck_pool2d, _ index: ByteBuffer) -> Tensor {
    let dx = Buffer(count: full.product)
    withUnsafePointer(to: windows) {
      ck_maxpool2d_backward(dx.pointer, buffer.pointer, index.pointer, $0)
    }
    return Tensor(shape: full, buffer: dx).recorded(from: [self]) { [shape] back in
      [back.gradient.taken(at: windows.places(index, shape)).reshaped(shape)]
    }
  }
}

extension ck_pool2d {
  init(_ x: [Int], size: Int, stride: Int, padding: Int) {
    self.init(
      planes: x[0] * x[1], height: x[2], width: x[3], kernel: size, stride: stride,
      padding: padding)
  }

  /// For each element of the pooled array, of shape `pooled`, the place of its maximum in the whole input.
  fileprivate func places(_ index: ByteBuffer, _ pooled: [Int]) -> [Int] {
    let (rows, columns) = (pooled[2], pooled[3])
    return (0..<pooled.product).map { i in
      let (plane, row, column) = (i / (rows * columns), i / columns % rows, i % columns)
      let place = Int(index.pointer[i])
      let y = row * stride - padding + place / kernel
      let x = column * stride - padding + place % kernel
      return (plane * height + y) * width + x
    }
  }
}

/// Bytes of fixed size, not cleared when made: where a pooled maximum lay in its window.
final class ByteBuffer {
  private let floats: Buffer
  let pointer: UnsafeMutablePointer<UInt8>

  init(count: Int) {
    floats = Buffer(count: (count + 3) / 4)
    pointer = UnsafeMutableRawPointer(floats.pointer).assumingMemoryBound(to: UInt8.self)
  }
}
