public import Tensors

/// Cross-entropy through the noise: the mean of `-log(Σᵢ p[b,i] · T[i, label[b]])`, `p = softmax(z)`.
///
/// Minimised by the clean posterior when `T` is right. Gradient: through `logits` and `transition`;
/// `∂ℓ/∂z_k = p_k - p_k · T[k, label] / s`, with `s` the sum above. Finite however small `p` is where
/// `T` is not 0. Source: Patrini et al., CVPR 2017, "forward" loss correction.
///
/// - Parameters:
///   - logits: `z`, `[batch, classes]`, finite.
///   - labels: `[batch]`, the noisy ones, each in `0..<classes`.
///   - transition: `[classes, classes]`, `T[i,j] = P(noisy j | clean i)`; rows sum to 1.
/// - Returns: `[]`, in nats.
public func forwardCorrectedLoss(logits: Tensor, labels: [Int32], transition: Tensor) -> Tensor {
  checkShapes("forward", logits: logits, labels: labels, transition: transition)
  let s = NoisyProbability(
    logPosterior: logits.logSoftmax(), weights: columns(of: transition, at: labels))
  return -s.log.mean()
}

/// What a classifier of clean labels expects the *noisy* ones to be: `Tᵀp` in each row, `p = softmax(z)`.
///
/// Its argmax is the prediction to compare with noisy validation labels; clean ones go with that of `p`.
///
/// - Parameters:
///   - logits: `z`, `[batch, classes]`.
///   - transition: `[classes, classes]`.
/// - Returns: `[batch, classes]`.
public func noisyPosterior(logits: Tensor, transition: Tensor) -> Tensor {
  logits.softmax().matmul(transition)
}
