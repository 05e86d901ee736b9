import CKernels

extension Tensor {
  /// `y = x Wᵀ + b`: `[batch, in]` → `[batch, out]`, with `W` `[out, in]` and `b` `[out]`.
  ///
  /// Gradients: `dx = dy W`, `dW = dyᵀ x`, `db = Σ dy` over the batch.
  public func linear(weight: Tensor, bias: Tensor) -> Tensor {
    guard shape.count == 2, weight.shape.count == 2, shape[1] == weight.shape[1],
      bias.shape == [weight.shape[0]]
    else { fatalError("linear: \(shape), weight \(weight.shape), bias \(bias.shape)") }
    let (rows, inputs, outputs) = (shape[0], shape[1], weight.shape[0])
    let x = buffer
    let w = weight.buffer
    let y = Buffer(count: rows * outputs)
    ck_linear_forward(y.pointer, x.pointer, w.pointer, bias.buffer.pointer, rows, inputs, outputs)
    return Tensor(shape: [rows, outputs], buffer: y, from: [self, weight, bias]) { dy in
      self.receive {
        let dx = Buffer(count: rows * inputs)
        ck_linear_backward_input(dx.pointer, dy.pointer, w.pointer, rows, inputs, outputs)
        return dx
      }
      guard weight.requiresGradient || bias.requiresGradient else { return }
      let dw = Buffer(count: w.count)
      let db = Buffer(count: outputs)
      ck_linear_backward_weight(
        dw.pointer, db.pointer, dy.pointer, x.pointer, rows, inputs, outputs)
      weight.receive { dw }
      bias.receive { db }
    }
  }
}
