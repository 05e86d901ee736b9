import CKernels

extension Shape {
  /// `[batch, in]`, weight `[out, in]`, bias `[out]` → `[batch, out]`.
  public static func linear(
    _ x: [Int], weight: [Int], bias: [Int]?
  ) throws(ShapeError) -> [Int] {
    guard x.count == 2, weight.count == 2, x[1] == weight[1], bias == nil || bias == [weight[0]]
    else {
      throw ShapeError(
        "linear", "\(x), weight \(weight)\(bias.map { ", bias \($0)" } ?? "") do not go together")
    }
    return [x[0], weight[0]]
  }
}

extension Tensor {
  /// `y = x Wᵀ + b`: `[batch, in]` → `[batch, out]`, with `W` `[out, in]` and `b` `[out]`.
  ///
  /// Gradients: `dx = dy W`, `dW = dyᵀ x`, `db` = the channel sums of `dy`.
  public func linear(weight: Tensor, bias: Tensor? = nil) -> Tensor {
    let result = checked { () throws(ShapeError) in
      try Shape.linear(shape, weight: weight.shape, bias: bias?.shape)
    }
    let y = Buffer(count: result.product)
    ck_linear_forward(
      y.pointer, buffer.pointer, weight.buffer.pointer, bias?.buffer.pointer, shape[0], shape[1],
      result[1])
    return Tensor(shape: result, buffer: y)
      .recorded(from: [self, weight] + (bias.map { [$0] } ?? []), keeping: [self, weight]) { back in
        let (dy, x, weight) = (back.gradient, back.kept[0], back.kept[1])
        let shares = [
          back.share(0, dy.matmul(weight)),
          back.share(1, dy.matmul(x, transposed: (true, false))),
        ]
        return back.wants.count > 2 ? shares + [back.share(2, dy.channelSums())] : shares
      }
  }
}
