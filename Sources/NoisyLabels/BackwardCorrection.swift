public import Tensors

/// Cross-entropy with the noise undone: the mean of `Σⱼ T⁻¹[label[b], j] · (-log p[b,j])`, `p = softmax(z)`.
///
/// Its mean over the noise is the clean cross-entropy when `T` is right; a single value may be negative
/// and is unbounded. Gradient: through `logits`. Source: Patrini et al., CVPR 2017, "backward" loss
/// correction.
///
/// - Parameters:
///   - logits: `z`, `[batch, classes]`, finite.
///   - labels: `[batch]`, the noisy ones, each in `0..<classes`.
///   - inverse: `T⁻¹`, `[classes, classes]`, as of `TransitionMatrix.inverse()`; its gradient is not taken.
/// - Returns: `[]`, in nats.
public func backwardCorrectedLoss(logits: Tensor, labels: [Int32], inverse: Tensor) -> Tensor {
  checkShapes("backward", logits: logits, labels: labels, transition: inverse)
  let weights = oneHot(labels, classes: inverse.shape[1]).matmul(inverse.detached())
  return -(weights * logits.logSoftmax()).rowSums().mean()
}
