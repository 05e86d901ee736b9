import CKernels

extension Shape {
  /// `[batch, in, height, width]`, weight `[out, in / groups, kh, kw]`, bias `[out]` →
  /// `[batch, out, (height + 2 padding - kh) / stride + 1, likewise]`.
  public static func conv2d(
    _ x: [Int], weight: [Int], bias: [Int]? = nil, stride: Int = 1, padding: Int = 0,
    groups: Int = 1
  ) throws(ShapeError) -> [Int] {
    let problem =
      "\(x), weight \(weight)\(bias.map { ", bias \($0)" } ?? ""), stride \(stride), "
      + "padding \(padding)\(groups == 1 ? "" : ", groups \(groups)") do not go together"
    guard x.count == 4, weight.count == 4, groups >= 1, x[1] % groups == 0,
      x[1] / groups == weight[1], weight[0] % groups == 0, bias == nil || bias == [weight[0]],
      stride >= 1, 0...(1 << 20) ~= padding, weight[2] >= 1, weight[3] >= 1
    else { throw ShapeError("conv2d", problem) }
    let height = x[2] + 2 * padding - weight[2]
    let width = x[3] + 2 * padding - weight[3]
    // Places within an image, and within its result, are 32-bit numbers in the kernels.
    let places = (x[2] + 2 * padding + 1).multipliedReportingOverflow(by: x[3] + 2 * padding + 1)
    let values = places.partialValue.multipliedReportingOverflow(by: max(x[1], weight[0], 1))
    guard height >= 0, width >= 0, !places.overflow, !values.overflow,
      values.partialValue < 1 << 31
    else { throw ShapeError("conv2d", problem) }
    return [x[0], weight[0], height / stride + 1, width / stride + 1]
  }
}

extension Tensor {
  /// Cross-correlation, as everywhere in the field: `[batch, in, height, width]` →
  /// `[batch, out, (height + 2 padding - kh) / stride + 1, likewise]`.
  ///
  /// `weight` is `[out, in / groups, kh, kw]`, `bias` `[out]`; `padding` zeros surround the image on
  /// every side. With `groups`, the channels of each group see their own inputs only.
  public func conv2d(
    weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1
  ) -> Tensor {
    let result = checked { () throws(ShapeError) in
      try Shape.conv2d(
        shape, weight: weight.shape, bias: bias?.shape, stride: stride, padding: padding,
        groups: groups)
    }
    if groups > 1 {
      return groupedConv2d(weight, bias, stride: stride, padding: padding, groups: groups)
    }
    let geometry = ck_conv2d(shape, weight.shape, stride: stride, padding: padding)
    let y = Buffer(count: result.product)
    withUnsafePointer(to: geometry) {
      ck_conv2d_forward(
        y.pointer, buffer.pointer, weight.buffer.pointer, bias?.buffer.pointer, $0)
    }
    return Tensor(shape: result, buffer: y)
      .recorded(from: [self, weight] + (bias.map { [$0] } ?? []), keeping: [self, weight]) {
        [shape, weightShape = weight.shape] back in
        let (dy, x, weight) = (back.gradient, back.kept[0], back.kept[1])
        let dx = back.share(
          0, dy.conv2dInput(weight, shape: shape, stride: stride, padding: padding))
        guard back.wants.count > 2 else {
          return [
            dx, back.share(1, dy.conv2dWeight(x, weightShape, stride: stride, padding: padding)),
          ]
        }
        if !back.isRecorded, back.wants[1], back.wants[2] {
          let (dw, db) = Tensor.weightAndBiasGradient(dy, x, geometry)
          return [dx, dw, db]
        }
        return [
          dx, back.share(1, dy.conv2dWeight(x, weightShape, stride: stride, padding: padding)),
          back.share(2, dy.channelSums()),
        ]
      }
  }

  /// The input gradient of `conv2d`, this being the gradient of its result; also known as transposed
  /// convolution: `[batch, out, oh, ow]`, weight `[out, in, kh, kw]` → `shape`.
  ///
  /// Gradients: the convolution of `dy`, and the weight gradient of it.
  func conv2dInput(_ weight: Tensor, shape: [Int], stride: Int, padding: Int) -> Tensor {
    let dx = Buffer(count: shape.product)
    withUnsafePointer(to: ck_conv2d(shape, weight.shape, stride: stride, padding: padding)) {
      ck_conv2d_backward_input(dx.pointer, buffer.pointer, weight.buffer.pointer, $0)
    }
    return Tensor(shape: shape, buffer: dx)
      .recorded(from: [self, weight], keeping: [self, weight]) { back in
        let (ddx, dy, weight) = (back.gradient, back.kept[0], back.kept[1])
        return [
          back.share(0, ddx.conv2d(weight: weight, stride: stride, padding: padding)),
          back.share(1, dy.conv2dWeight(ddx, weight.shape, stride: stride, padding: padding)),
        ]
      }
  }

  /// The weight gradient of `conv2d`, this being the gradient of its result for the input `x`.
  ///
  /// Gradients: the convolution of `x` with `dy`, and the input gradient with `dy` for weights.
  private func conv2dWeight(
    _ x: Tensor, _ weightShape: [Int], stride: Int, padding: Int
  ) -> Tensor {
    let dw = Buffer(count: weightShape.product)
    withUnsafePointer(to: ck_conv2d(x.shape, weightShape, stride: stride, padding: padding)) {
      ck_conv2d_backward_weight(dw.pointer, nil, buffer.pointer, x.buffer.pointer, $0)
    }
    return Tensor(shape: weightShape, buffer: dw)
      .recorded(from: [self, x], keeping: [self, x]) { back in
        let (ddw, dy, x) = (back.gradient, back.kept[0], back.kept[1])
        return [
          back.share(0, x.conv2d(weight: ddw, stride: stride, padding: padding)),
          back.share(1, dy.conv2dInput(ddw, shape: x.shape, stride: stride, padding: padding)),
        ]
      }
  }

  /// Both in one pass over the images: the bits of `conv2dWeight` and `channelSums`.
  private static func weightAndBiasGradient(
    _ dy: Tensor, _ x: Tensor, _ geometry: ck_conv2d
  ) -> (Tensor, Tensor) {
    let shape = [
      geometry.out_channels, geometry.in_channels, geometry.kernel_height, geometry.kernel_width,
    ]
    let dw = Buffer(count: shape.product)
    let db = Buffer(count: geometry.out_channels)
    withUnsafePointer(to: geometry) {
      ck_conv2d_backward_weight(dw.pointer, db.pointer, dy.buffer.pointer, x.buffer.pointer, $0)
    }
    return (Tensor(shape: shape, buffer: dw), Tensor(shape: [db.count], buffer: db))
  }

  private func groupedConv2d(
    _ weight: Tensor, _ bias: Tensor?, stride: Int, padding: Int, groups: Int
  ) -> Tensor {
    let (inputs, outputs) = (shape[1] / groups, weight.shape[0] / groups)
    let parts = (0..<groups).map { group in
      let rows = group * outputs..<(group + 1) * outputs
      return sliced(axis: 1, group * inputs..<(group + 1) * inputs).conv2d(
        weight: weight.sliced(axis: 0, rows), bias: bias?.sliced(axis: 0, rows), stride: stride,
        padding: padding)
    }
    return Tensor.concatenated(parts, axis: 1)
  }
}

extension ck_conv2d {
  /// A stride beyond the padded image takes the first place alone, as one of its size does.
  init(_ x: [Int], _ weight: [Int], stride: Int, padding: Int) {
    let stride = min(stride, max(x[2], x[3]) + 2 * padding)
    self.init(
      batch: x[0], in_channels: x[1], height: x[2], width: x[3], out_channels: weight[0],
      kernel_height: weight[2], kernel_width: weight[3], stride: stride, padding: padding)
  }
}
