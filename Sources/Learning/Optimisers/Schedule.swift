/// How a learning rate changes from epoch to epoch.
public enum Schedule: Sendable, Hashable {
  case constant
  /// `rate · γ^(milestones reached)`: a milestone is reached in the epoch with its number, from 0.
  case step(milestones: [Int], gamma: Double)

  /// The rate of an epoch, counted from 0, given the base rate. One multiplication a milestone: no `pow`.
  public func rate(_ base: Double, epoch: Int) -> Double {
    switch self {
    case .constant: base
    case .step(let milestones, let gamma):
      milestones.filter { $0 <= epoch }.reduce(base) { rate, _ in rate * gamma }
    }
  }
}
