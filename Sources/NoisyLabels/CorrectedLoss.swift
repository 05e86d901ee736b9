public import Tensors

/// The losses for training on noisy labels, by the names that pipelines call them.
public enum CorrectedLoss: String, CaseIterable, Sendable {
  case crossEntropy = "cross-entropy"
  case forward, backward, reweight
  /// Determinant-based mutual information.
  case dmi

  public var needsTransition: Bool { self != .crossEntropy && self != .dmi }

  /// The loss of a batch, ready to be called at every step.
  ///
  /// - Parameter transition: ignored by `crossEntropy` and `dmi`.
  /// - Returns: a function of logits `[batch, classes]` and labels `[batch]`.
  /// - Throws: `.singular` for `backward` and a matrix that cannot be undone.
  public func function(
    transition: TransitionMatrix
  ) throws(TransitionError) -> (_ logits: Tensor, _ labels: [Int32]) -> Tensor {
    switch self {
    case .crossEntropy:
      return { logits, labels in logits.crossEntropy(labels) }
    case .forward:
      let matrix = transition.tensor()
      return { forwardCorrectedLoss(logits: $0, labels: $1, transition: matrix) }
    case .backward:
      let inverse = try transition.inverse().tensor()
      return { backwardCorrectedLoss(logits: $0, labels: $1, inverse: inverse) }
    case .reweight:
      let matrix = transition.tensor()
      return { reweightedLoss(logits: $0, labels: $1, transition: matrix) }
    case .dmi:
      return { determinantLoss(logits: $0, labels: $1) }
    }
  }
}
