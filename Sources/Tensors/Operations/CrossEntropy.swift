import CKernels

extension Shape {
  /// Logits `[batch, classes]` and as many labels, each in `0..<classes` → `[]`.
  public static func crossEntropy(_ logits: [Int], _ labels: [Int32]) throws(ShapeError) {
    guard logits.count == 2, logits[0] == labels.count else {
      throw ShapeError("crossEntropy", "\(labels.count) labels for logits \(logits)")
    }
    guard labels.allSatisfy({ $0 >= 0 && $0 < logits[1] }) else {
      throw ShapeError("crossEntropy", "a label is not in 0..<\(logits[1])")
    }
  }
}

extension Tensor {
  /// The mean over the batch of `-log softmax(z)[label]`, `z` being this tensor: `[batch, classes]` → `[]`.
  ///
  /// The same bits as `-logSoftmax().gathered(labels).mean()`, with the gradient
  /// `(softmax(z) - [j = label]) · (1 / batch)` of the definition. NaN for an empty batch.
  ///
  /// `labels` is `[batch]`, each in `0..<classes`.
  public func crossEntropy(_ labels: [Int32]) -> Tensor {
    checked { () throws(ShapeError) in try Shape.crossEntropy(shape, labels) }
    let (rows, columns) = (shape[0], shape[1])
    let losses = Buffer(count: rows)
    let gradient = requiresGradient ? Buffer(count: count) : nil
    ck_cross_entropy_rows(
      losses.pointer, gradient?.pointer, buffer.pointer, labels, 1 / Float(rows), rows, columns)
    let mean = Buffer(repeating: ck_sum(losses.pointer, rows) / Float(rows), count: 1)
    return Tensor(shape: [], buffer: mean).recorded(from: [self], keeping: [self]) { back in
      let dy = back.gradient
      if !back.isRecorded, let gradient {
        let share = Tensor(shape: [rows, columns], buffer: gradient)
        return [dy.item == 1 ? share : share * dy]
      }
      let hits = Tensor.oneHot(labels, classes: columns)
      return [(back.kept[0].softmax() - hits) * (1 / Float(rows)) * dy]
    }
  }
}
