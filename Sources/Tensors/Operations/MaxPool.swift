import CKernels

extension Tensor {
  /// The largest of each square window: `[batch, channels, height, width]` → the same with
  /// `(height - size) / stride + 1` rows, and columns likewise. The first of equals takes the gradient.
  ///
  /// `size` is the window's side, in `1...15`; `stride` is as much unless given.
  public func maxPool2d(_ size: Int, stride: Int? = nil) -> Tensor {
    let stride = stride ?? size
    guard shape.count == 4, 1...15 ~= size, stride >= 1 else {
      fatalError("maxPool2d: \(shape), size \(size), stride \(stride)")
    }
    var windows = ck_pool2d(
      planes: shape[0] * shape[1], height: shape[2], width: shape[3], kernel: size, stride: stride)
    let resultShape = [
      shape[0], shape[1], ck_pool2d_out_height(&windows), ck_pool2d_out_width(&windows),
    ]
    let y = Buffer(count: resultShape.product)
    let index = ByteBuffer(count: y.count)
    ck_maxpool2d_forward(y.pointer, index.pointer, buffer.pointer, &windows)
    return Tensor(shape: resultShape, buffer: y, from: [self]) { [windows] dy in
      var windows = windows
      self.receive {
        let dx = Buffer(count: self.count)
        ck_maxpool2d_backward(dx.pointer, dy.pointer, index.pointer, &windows)
        return dx
      }
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
