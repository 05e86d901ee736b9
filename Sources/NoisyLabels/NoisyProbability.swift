import Tensors

/// The probability that a sample is *given* its label: `s[b] = Σᵢ W[b,i] · p[b,i]`, `W[b,i] = T[i, label[b]]`.
///
/// Kept as `s = exp(shift) · scaled`, so that it neither underflows where `T` has zeros nor needs the
/// logarithm of a sum that a revised `T` can make negative.
struct NoisyProbability {
  /// `[batch]`, a constant: the largest `log p[b,i]` with `W[b,i] ≠ 0`.
  let shift: Tensor
  /// `[batch]`, with gradients to the logits and to `W`.
  let scaled: Tensor

  /// - Parameters:
  ///   - logPosterior: `log p`, `[batch, classes]`.
  ///   - weights: `W`, `[batch, classes]`.
  init(logPosterior: Tensor, weights: Tensor) {
    let (batch, classes) = (logPosterior.shape[0], logPosterior.shape[1])
    let (logs, weightValues) = (logPosterior.values, weights.values)
    var shifts = [Float](repeating: 0, count: batch)
    var floors = [Float](repeating: 0, count: batch * classes)
    for b in 0..<batch {
      let row = b * classes..<(b + 1) * classes
      var shift: Float?
      for k in row where weightValues[k] != 0 && logs[k] > (shift ?? -.infinity) { shift = logs[k] }
      shifts[b] = shift ?? 0
      // Terms of weight 0 may be far above the shift: exp stays finite, and 0 · exp is 0.
      for k in row { floors[k] = max(shifts[b], logs[k] - 80) }
    }
    shift = Tensor(shape: [batch], values: shifts)
    let ratios = (logPosterior - Tensor(shape: [batch, classes], values: floors)).exp()
    scaled = (weights * ratios).rowSums().reshaped([batch])
  }

  /// `log s`, `[batch]`.
  var log: Tensor { scaled.log() + shift }
}

/// `W[b,i] = T[i, labels[b]]`: `[classes, classes]` → `[batch, classes]`.
func columns(of transition: Tensor, at labels: [Int32]) -> Tensor {
  oneHot(labels, classes: transition.shape[1]).matmul(transition.transposed())
}

/// `weights[b]` (or 1) at `[b, labels[b]]`, 0 elsewhere: `[batch, classes]`.
func oneHot(_ labels: [Int32], classes: Int, weights: [Float]? = nil) -> Tensor {
  var values = [Float](repeating: 0, count: labels.count * classes)
  for (b, label) in labels.enumerated() {
    guard (0..<classes).contains(Int(label)) else {
      fatalError("label \(label) of sample \(b) is not in 0..<\(classes)")
    }
    values[b * classes + Int(label)] = weights?[b] ?? 1
  }
  return Tensor(shape: [labels.count, classes], values: values)
}

/// Traps unless the three go together, as whoever calls a loss must see to.
func checkShapes(_ loss: String, logits: Tensor, labels: [Int32], transition: Tensor) {
  guard logits.shape.count == 2, logits.shape[0] == labels.count,
    transition.shape == [logits.shape[1], logits.shape[1]]
  else {
    fatalError(
      "\(loss): logits \(logits.shape), \(labels.count) labels, transition \(transition.shape)")
  }
}
