extension Shape {
  /// Logits and targets `[batch, classes]` → `[]`.
  public static func crossEntropy(_ logits: [Int], targets: [Int]) throws(ShapeError) {
    guard logits.count == 2, logits == targets else {
      throw ShapeError("crossEntropy", "targets \(targets) for logits \(logits)")
    }
  }

  /// Logits `[batch, classes]`, a label for each row, and `[batch]` or `[classes]` weights → `[]`.
  public static func crossEntropy(
    _ logits: [Int], _ labels: [Int32], sampleWeights: [Int]? = nil, classWeights: [Int]? = nil
  ) throws(ShapeError) {
    try crossEntropy(logits, labels)
    if let sampleWeights, sampleWeights != [logits[0]] {
      throw ShapeError("crossEntropy", "sample weights \(sampleWeights) for logits \(logits)")
    }
    if let classWeights, classWeights != [logits[1]] {
      throw ShapeError("crossEntropy", "class weights \(classWeights) for logits \(logits)")
    }
  }
}

extension Tensor {
  /// The mean over the batch of `-Σ_j t_j log softmax(z)_j`, `z` being this tensor: `[batch, classes]` → `[]`.
  ///
  /// `targets` is `[batch, classes]`; its rows need not sum to 1. Both sums follow rule R1. Gradients:
  /// that of `logSoftmax`, and `-log softmax(z) / batch` to the targets. NaN for an empty batch.
  public func crossEntropy(targets: Tensor) -> Tensor {
    checked { () throws(ShapeError) in try Shape.crossEntropy(shape, targets: targets.shape) }
    return -(logSoftmax().rowDots(targets).mean())
  }

  /// The mean over the batch of `w_b · -log softmax(z)[b, label[b]]`: `[batch, classes]` → `[]`.
  ///
  /// The weights, `[batch]`, are not divided by their sum. Gradients to logits and weights.
  public func crossEntropy(_ labels: [Int32], sampleWeights: Tensor) -> Tensor {
    checked { () throws(ShapeError) in
      try Shape.crossEntropy(shape, labels, sampleWeights: sampleWeights.shape)
    }
    return -((logSoftmax().gathered(labels) * sampleWeights).mean())
  }

  /// `Σ_b w[label[b]] · -log softmax(z)[b, label[b]] / Σ_b w[label[b]]`: `[batch, classes]` → `[]`.
  ///
  /// The weights are `[classes]`; both sums follow rule R1. Gradients to logits and weights.
  public func crossEntropy(_ labels: [Int32], classWeights: Tensor) -> Tensor {
    checked { () throws(ShapeError) in
      try Shape.crossEntropy(shape, labels, classWeights: classWeights.shape)
    }
    let weights = classWeights.selectingRows(labels)
    return -((logSoftmax().gathered(labels) * weights).sum() / weights.sum())
  }
}
