extension Shape {
  /// `[batch, in, height, width]`, weight `[in, out, kh, kw]`, bias `[out]` →
  /// `[batch, out, (height - 1) stride - 2 padding + kh + outputPadding, likewise]`.
  public static func conv2dTransposed(
    _ x: [Int], weight: [Int], bias: [Int]? = nil, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0
  ) throws(ShapeError) -> [Int] {
    let problem =
      "\(x), weight \(weight)\(bias.map { ", bias \($0)" } ?? ""), stride \(stride), "
      + "padding \(padding)\(outputPadding == 0 ? "" : " (output \(outputPadding))") "
      + "do not go together"
    guard x.count == 4, weight.count == 4, x[1] == weight[0], bias == nil || bias == [weight[1]],
      1...(1 << 20) ~= stride, 0...(1 << 20) ~= padding, 0..<stride ~= outputPadding,
      weight[2] >= 1, weight[3] >= 1, x[2] >= 1, x[3] >= 1
    else { throw ShapeError("conv2dTransposed", problem) }
    let height = (x[2] - 1) * stride - 2 * padding + weight[2] + outputPadding
    let width = (x[3] - 1) * stride - 2 * padding + weight[3] + outputPadding
    guard height >= 1, width >= 1 else { throw ShapeError("conv2dTransposed", problem) }
    return [x[0], weight[1], height, width]
  }
}

extension Tensor {
  /// Transposed convolution, the input gradient of the convolution with these weights:
  /// `[batch, in, height, width]` → `[batch, out, (height - 1) stride - 2 padding + kh + outputPadding,
  /// likewise]`.
  ///
  /// `weight` is `[in, out, kh, kw]`, `bias` `[out]`; `outputPadding`, less than the stride, chooses among
  /// the sizes that the convolution would make this one of. Gradients: `conv2d` of `dy` with the weights,
  /// `conv2d`'s weight gradient of it, and the channel sums of `dy`.
  public func conv2dTransposed(
    weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, outputPadding: Int = 0
  ) -> Tensor {
    let result = checked { () throws(ShapeError) in
      try Shape.conv2dTransposed(
        shape, weight: weight.shape, bias: bias?.shape, stride: stride, padding: padding,
        outputPadding: outputPadding)
    }
    let y = conv2dInput(weight, shape: result, stride: stride, padding: padding)
    return bias.map { y + $0.channelShaped(4) } ?? y
  }
}
