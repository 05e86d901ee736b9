import CKernels

extension Tensor {
  /// `[batch, in, height, width]` → `[batch, out, height + 2p - kh + 1, width + 2p - kw + 1]` at stride
  /// 1; cross-correlation, as everywhere in the field.
  ///
  /// `weight` is `[out, in, kh, kw]`, `bias` `[out]`; `padding` zeros surround the image on every side.
  public func conv2d(weight: Tensor, bias: Tensor, stride: Int = 1, padding: Int = 0) -> Tensor {
    var geometry = ck_conv2d(self, weight, bias, stride: stride, padding: padding)
    let resultShape = [
      shape[0], weight.shape[0], ck_conv2d_out_height(&geometry), ck_conv2d_out_width(&geometry),
    ]
    let x = buffer
    let w = weight.buffer
    let y = Buffer(count: resultShape.product)
    ck_conv2d_forward(y.pointer, x.pointer, w.pointer, bias.buffer.pointer, &geometry)
    return Tensor(shape: resultShape, buffer: y, from: [self, weight, bias]) { [geometry] dy in
      var geometry = geometry
      self.receive {
        let dx = Buffer(count: x.count)
        ck_conv2d_backward_input(dx.pointer, dy.pointer, w.pointer, &geometry)
        return dx
      }
      guard weight.requiresGradient || bias.requiresGradient else { return }
      let dw = Buffer(count: w.count)
      let db = Buffer(count: bias.count)
      ck_conv2d_backward_weight(dw.pointer, db.pointer, dy.pointer, x.pointer, &geometry)
      weight.receive { dw }
      bias.receive { db }
    }
  }

  /// `conv2d(…).relu().maxPool2d(pool)` in one kernel: the same bits, without the two large
  /// activations in between.
  public func conv2dReLUMaxPool(weight: Tensor, bias: Tensor, padding: Int = 0, pool: Int) -> Tensor
  {
    var geometry = ck_conv2d(self, weight, bias, stride: 1, padding: padding)
    var windows = ck_pool2d(
      planes: shape[0] * weight.shape[0], height: ck_conv2d_out_height(&geometry),
      width: ck_conv2d_out_width(&geometry), kernel: pool, stride: pool)
    let resultShape = [
      shape[0], weight.shape[0], ck_pool2d_out_height(&windows), ck_pool2d_out_width(&windows),
    ]
    let x = buffer
    let w = weight.buffer
    let y = Buffer(count: resultShape.product)
    let index = ByteBuffer(count: y.count)
    ck_conv2d_relu_maxpool_forward(
      y.pointer, index.pointer, x.pointer, w.pointer, bias.buffer.pointer, &geometry, pool, pool)
    return Tensor(shape: resultShape, buffer: y, from: [self, weight, bias]) { [geometry] dy in
      var geometry = geometry
      let dx = self.requiresGradient ? Buffer(count: x.count) : nil
      let dw = Buffer(count: w.count)
      let db = Buffer(count: bias.count)
      ck_conv2d_relu_maxpool_backward(
        dx?.pointer, dw.pointer, db.pointer, dy.pointer, y.pointer, index.pointer, x.pointer,
        w.pointer, &geometry, pool, pool)
      if let dx { self.receive { dx } }
      weight.receive { dw }
      bias.receive { db }
    }
  }
}

extension ck_conv2d {
  fileprivate init(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, stride: Int, padding: Int) {
    guard x.shape.count == 4, weight.shape.count == 4, x.shape[1] == weight.shape[1],
      bias.shape == [weight.shape[0]], stride >= 1, padding >= 0
    else {
      fatalError(
        "conv2d: \(x.shape), weight \(weight.shape), bias \(bias.shape), stride \(stride), "
          + "padding \(padding)")
    }
    self.init(
      batch: x.shape[0], in_channels: x.shape[1], height: x.shape[2], width: x.shape[3],
      out_channels: weight.shape[0], kernel_height: weight.shape[2], kernel_width: weight.shape[3],
      stride: stride, padding: padding)
  }
}
