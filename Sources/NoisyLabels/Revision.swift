public import Tensors

/// The loss that trains a network and the correction `ΔT` of its transition matrix together: the mean of
/// `-β[b] · log p[b, label[b]]`, `β = p[b, label] / s`, `s = Σᵢ p[b,i] · (T + ΔT)[i, label]`.
///
/// Unlike in `reweightedLoss` the gradient flows through `β`, to the logits and to `ΔT`:
/// `∂ℓ/∂ΔT[i,j] = [j = label] · (log p_label) · p_label · p_i / s²`, never positive, so that every entry is
/// pushed up. Rows of `T + ΔT` do not stay sums of 1. Source: Xia et al., NeurIPS 2019, "T-Revision".
///
/// - Parameters:
///   - logits: `z`, `[batch, classes]`, finite.
///   - labels: `[batch]`, the noisy ones, each in `0..<classes`.
///   - transition: `T`, `[classes, classes]`; its gradient is not taken.
///   - correction: `ΔT`, `[classes, classes]`, all 0 when training starts.
///   - legacy: scores sample `b` with `T + (b + 1) · ΔT`, as the published loop over the batch did by
///     adding `ΔT` anew for each sample.
/// - Returns: `[]`, in nats.
public func revisionLoss(
  logits: Tensor, labels: [Int32], transition: Tensor, correction: Tensor, legacy: Bool = false
) -> Tensor {
  checkShapes("revision", logits: logits, labels: labels, transition: transition)
  checkShapes("revision", logits: logits, labels: labels, transition: correction)
  let logPosterior = logits.logSoftmax()
  // Summed before the columns are taken, T + ΔT is rounded as the matrix that is reported.
  let revised =
    legacy
    ? columns(of: transition.detached(), at: labels) + accumulated(correction, labels)
    : columns(of: transition.detached() + correction, at: labels)
  let weights = importance(of: labels, logPosterior: logPosterior, columns: revised)
  return -(weights * logPosterior.gathered(labels)).mean()
}

/// `(b + 1) · ΔT[i, labels[b]]`: `[batch, classes]`.
private func accumulated(_ correction: Tensor, _ labels: [Int32]) -> Tensor {
  let times = labels.indices.map { Float($0 + 1) }
  return oneHot(labels, classes: correction.shape[1], weights: times).matmul(
    correction.transposed())
}
