public import Tensors

/// How far a network has learned samples whose labels are right, and samples whose labels are wrong.
public struct LearnedLabels: Sendable, Hashable {
  /// By name, those of an empty set left out:
  ///
  /// - `given/accuracy`, `true/accuracy`: of all samples, against the given and the true labels; `given/top-5`,
  ///   `true/top-5`: the share whose label is among the five likeliest classes, where there are more.
  /// - `clean/accuracy`, `clean/loss`: of the samples whose given label is right; the loss is the mean of `-log p`.
  /// - `noisy/accuracy`, `noisy/loss`: of the others, against the given labels, and so what is memorised;
  ///   `noisy/true-accuracy`: of these against the true labels.
  public let figures: [String: Double]

  /// - Parameters:
  ///   - posterior: `p`, `[samples, classes]`; what is below 2⁻¹²⁶ counts as that in a loss.
  ///   - given: `[samples]`, each in `0..<classes`.
  ///   - truth: likewise, the true ones.
  public init(posterior: Tensor, given: [Int32], truth: [Int32]) {
    guard posterior.shape.count == 2, posterior.shape[0] == given.count, given.count == truth.count
    else {
      fatalError(
        "posterior of shape \(posterior.shape), \(given.count) given and \(truth.count) true labels"
      )
    }
    let predicted = posterior.argmaxOfRows().map { Int32($0) }
    let likelihoods = posterior.gathered(given).values.map { max($0, 0x1p-126) }
    let losses = (-Tensor(shape: [given.count], values: likelihoods).log()).values
    let all = Array(given.indices)
    let clean = all.filter { given[$0] == truth[$0] }
    let noisy = all.filter { given[$0] != truth[$0] }

    func accuracy(_ samples: [Int], _ labels: [Int32]) -> Double? {
      samples.isEmpty
        ? nil : Double(samples.count { predicted[$0] == labels[$0] }) / Double(samples.count)
    }
    let classes = posterior.shape[1]
    let likeliest = classes > 5 && !all.isEmpty ? posterior.topK(5).indices : []
    func topFive(_ labels: [Int32]) -> Double? {
      guard !likeliest.isEmpty else { return nil }
      let hits = all.count { likeliest[5 * $0..<5 * ($0 + 1)].contains(labels[$0]) }
      return Double(hits) / Double(all.count)
    }
    func loss(_ samples: [Int]) -> Double? {
      samples.isEmpty
        ? nil : samples.reduce(0.0) { $0 + Double(losses[$1]) } / Double(samples.count)
    }
    let found: [String: Double?] = [
      "given/accuracy": accuracy(all, given), "true/accuracy": accuracy(all, truth),
      "given/top-5": topFive(given), "true/top-5": topFive(truth),
      "clean/accuracy": accuracy(clean, given), "clean/loss": loss(clean),
      "noisy/accuracy": accuracy(noisy, given), "noisy/loss": loss(noisy),
      "noisy/true-accuracy": accuracy(noisy, truth),
    ]
    figures = found.compactMapValues(\.self)
  }
}
