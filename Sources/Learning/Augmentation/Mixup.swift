public import Tensors

/// Each sample mixed with another of its batch (Zhang et al., ICLR 2018): `x̄ = λ x₁ + (1-λ) x₂`, and the
/// targets alike, `λ` of the Beta distribution with both parameters `alpha`.
public struct Mixup: Sendable, Hashable {
  public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// One `λ`, by the batch's number in its epoch.
    case batch
    /// One each, by its id.
    case sample
  }

  public let alpha: Double
  public let scope: Scope
  /// Whether `λ` is at least ½, so that the first of the two is the larger part.
  public let keepsLarger: Bool

  public init(alpha: Double, scope: Scope = .batch, keepsLarger: Bool = false) {
    guard alpha > 0, alpha.isFinite else { fatalError("mixup: alpha \(alpha)") }
    self.alpha = alpha
    self.scope = scope
    self.keepsLarger = keepsLarger
  }

  /// A mixed batch.
  public struct Batch {
    /// As the inputs were.
    public let inputs: Tensor
    /// The row of the second part of each sample.
    public let partners: [Int32]
    /// The share of the first part: `[batch]`.
    public let lambda: Tensor
  }

  /// The batch mixed: ids and epoch say who is mixed with whom, whatever the order of the samples. `inputs` is
  /// `[batch, …]`, `step` the batch's number in its epoch, from 0.
  public func callAsFunction(
    _ inputs: Tensor, ids: some Collection<Int>, draws: AugmentationDraws, step: Int
  ) -> Batch {
    guard inputs.rank > 0, inputs.shape[0] == ids.count else {
      fatalError("mixup: \(ids.count) ids for inputs of shape \(inputs.shape)")
    }
    let partners = partners(Array(ids), draws)
    let lambda = Tensor(shape: [ids.count], values: shares(Array(ids), draws, step: step))
    let columns = lambda.reshaped([ids.count] + inputs.shape.dropFirst().map { _ in 1 })
    let mixed = inputs * columns + inputs.selectingRows(partners) * (1 - columns)
    return Batch(inputs: mixed, partners: partners, lambda: lambda)
  }

  private func shares(_ ids: [Int], _ draws: AugmentationDraws, step: Int) -> [Float] {
    let stream = draws.stream("mixup")
    func share(at element: Int) -> Float {
      let share = stream.symmetricBeta(alpha, at: UInt64(element))
      return keepsLarger ? max(share, 1 - share) : share
    }
    switch scope {
    case .batch: return [Float](repeating: share(at: step), count: ids.count)
    case .sample: return ids.map(share(at:))
    }
  }

  /// The samples in a circle, ordered by the words of `mixup-order` at their ids, ties by id; the partner is
  /// the next.
  private func partners(_ ids: [Int], _ draws: AugmentationDraws) -> [Int32] {
    let stream = draws.stream("mixup-order")
    let keys = ids.map { (stream.words(1, from: UInt64($0))[0], $0) }
    let circle = ids.indices.sorted { keys[$0] < keys[$1] }
    var partners = [Int32](repeating: 0, count: ids.count)
    for (place, row) in circle.enumerated() {
      partners[row] = Int32(circle[(place + 1) % circle.count])
    }
    return partners
  }
}
