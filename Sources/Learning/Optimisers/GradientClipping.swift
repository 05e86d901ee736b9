import Tensors

/// A bound on gradients, applied before the update rule sees them.
public enum GradientClipping: Sendable, Hashable {
  /// All gradients are multiplied by `min(1, bound / (‖g‖ + 10⁻⁶))`, `‖g‖` being the norm of all together;
  /// by NaN where the sum of their squares is infinite, which would make them all 0.
  case norm(Double)
  /// Each element is brought into `-bound...bound`.
  case value(Double)

  /// The gradients as the rule shall see them; those that are `nil` stay so.
  func clipped(_ gradients: [Tensor?]) -> [Tensor?] {
    switch self {
    case .value(let bound):
      let bound = Float(bound)
      return gradients.map { $0?.detached().clamped(atLeast: -bound, atMost: bound) }
    case .norm(let bound):
      let norm = Self.norm(gradients)
      let factor = norm.isFinite ? bound / (norm + 1e-6) : .nan
      guard !(factor >= 1) else { return gradients }
      return gradients.map { $0.map { $0.detached() * Float(factor) } }
    }
  }

  /// `√Σ‖gᵢ‖²`: each array's sum of squares by rule R1 in binary32, these added ascending in binary64.
  static func norm(_ gradients: [Tensor?]) -> Double {
    gradients.reduce(0) { $0 + ($1.map { Double($0.sumOfSquares) } ?? 0) }.squareRoot()
  }
}
