import CKernels

extension Tensor {
  /// The mean over the batch of `-log softmax(z)[label]`, `z` being this tensor: `[batch, classes]` → `[]`.
  ///
  /// The same bits as `-logSoftmax().gathered(labels).mean()`, with the gradient
  /// `(softmax(z) - [j = label]) · (1 / batch)` of the definition. NaN for an empty batch.
  ///
  /// `labels` is `[batch]`, each in `0..<classes`.
  public func crossEntropy(_ labels: [Int32]) -> Tensor {
    guard shape.count == 2, shape[0] == labels.count else {
      fatalError("crossEntropy: \(labels.count) labels for logits \(shape)")
    }
    let (rows, columns) = (shape[0], shape[1])
    guard labels.allSatisfy({ $0 >= 0 && $0 < columns }) else {
      fatalError("crossEntropy: a label is not in 0..<\(columns)")
    }
    let losses = Buffer(count: rows)
    let gradient = requiresGradient ? Buffer(count: count) : nil
    ck_cross_entropy_rows(
      losses.pointer, gradient?.pointer, buffer.pointer, labels, 1 / Float(rows), rows, columns)
    let mean = Buffer(repeating: ck_sum(losses.pointer, rows) / Float(rows), count: 1)
    return Tensor(shape: [], buffer: mean, from: [self]) { dy in
      guard let gradient else { return }
      let factor = dy.pointer[0]
      if factor != 1 { ck_scale(gradient.pointer, gradient.pointer, factor, gradient.count) }
      self.receive { gradient }
    }
  }
}
