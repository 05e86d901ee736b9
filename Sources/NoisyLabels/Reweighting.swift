public import Tensors

/// Importance-weighted cross-entropy: the mean of `-β[b] · log p[b, label[b]]`, `p = softmax(z)`.
///
/// `β = p[b, label] / s` with `s = Σᵢ p[b,i] · T[i, label]` is how much likelier the label is among clean
/// ones than among noisy ones. It is a constant: the gradient goes through the cross-entropy alone,
/// `∂ℓ/∂z_k = β · (p_k - [k = label])`. Source: Liu & Tao, TPAMI 2016.
///
/// - Parameters:
///   - logits: `z`, `[batch, classes]`, finite.
///   - labels: `[batch]`, the noisy ones, each in `0..<classes`.
///   - transition: `[classes, classes]`, `T[i,j] = P(noisy j | clean i)`.
/// - Returns: `[]`, in nats.
public func reweightedLoss(logits: Tensor, labels: [Int32], transition: Tensor) -> Tensor {
  checkShapes("reweight", logits: logits, labels: labels, transition: transition)
  let logPosterior = logits.logSoftmax()
  let weights = importance(
    of: labels, logPosterior: logPosterior.detached(),
    columns: columns(of: transition.detached(), at: labels))
  return -(weights * logPosterior.gathered(labels)).mean()
}

/// `β[b] = p[b, label[b]] / s[b]`, `[batch]`, with gradients to the posterior and to `s`.
///
/// `columns` is `W`, `[batch, classes]`: `s[b] = Σᵢ W[b,i] · p[b,i]`.
func importance(of labels: [Int32], logPosterior: Tensor, columns: Tensor) -> Tensor {
  let s = NoisyProbability(logPosterior: logPosterior, weights: columns)
  return (logPosterior.gathered(labels) - s.shift).exp() / s.scaled
}
