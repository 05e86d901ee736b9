import CKernels

extension Tensor {
  /// `conv2d(…).relu().maxPool2d(pool)` in one kernel: the same bits, without the two large
  /// activations in between.
  public func conv2dReLUMaxPool(weight: Tensor, bias: Tensor, padding: Int = 0, pool: Int) -> Tensor
  {
    let result = checked { () throws(ShapeError) in
      try Shape.pool2d(
        "conv2dReLUMaxPool",
        Shape.conv2d(shape, weight: weight.shape, bias: bias.shape, padding: padding),
        size: pool, stride: pool, padding: 0)
    }
    let geometry = ck_conv2d(shape, weight.shape, stride: 1, padding: padding)
    let y = Buffer(count: result.product)
    let index = ByteBuffer(count: y.count)
    withUnsafePointer(to: geometry) {
      ck_conv2d_relu_maxpool_forward(
        y.pointer, index.pointer, buffer.pointer, weight.buffer.pointer, bias.buffer.pointer, $0,
        pool, pool)
    }
    let pooled = Tensor(shape: result, buffer: y)
    return pooled.recorded(from: [self, weight, bias], keeping: [self, weight, bias, pooled]) {
      back in
      let (x, weight, bias, y) = (back.kept[0], back.kept[1], back.kept[2], back.kept[3])
      if back.isRecorded {
        return Tensor.composedShares(back, of: [x, weight, bias]) { x in
          x[0].conv2d(weight: x[1], bias: x[2], padding: padding).relu().maxPool2d(pool)
        }
      }
      let dx = back.wants[0] ? Buffer(count: x.count) : nil
      let dw = Buffer(count: weight.count)
      let db = Buffer(count: bias.count)
      withUnsafePointer(to: geometry) {
        ck_conv2d_relu_maxpool_backward(
          dx?.pointer, dw.pointer, db.pointer, back.gradient.buffer.pointer, y.buffer.pointer,
          index.pointer, x.buffer.pointer, weight.buffer.pointer, $0, pool, pool)
      }
      return [
        dx.map { Tensor(shape: x.shape, buffer: $0) }, Tensor(shape: weight.shape, buffer: dw),
        Tensor(shape: bias.shape, buffer: db),
      ]
    }
  }
}
