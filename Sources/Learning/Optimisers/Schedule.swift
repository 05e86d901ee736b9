/// How a learning rate changes in the course of a training.
///
/// Computed in binary64 with `+ - * /` only. Lengths are in epochs. The time is the epoch, from 0, or, if the
/// schedule goes by steps, the part of the training done.
public struct Schedule: Sendable, Hashable {
  public enum Curve: Sendable, Hashable {
    case constant
    /// `rate · γ^(milestones reached)`: a milestone is reached in the epoch with its number.
    case step(milestones: [Int], gamma: Double)
    /// `rate · γ^⌊t / epochs⌋`.
    case every(epochs: Int, gamma: Double)
    /// From the full rate at `start` along half a cosine to `rate · final` at `end`:
    /// `f + (1 - f) · (1 + cos(π (t - start) / (end - start))) / 2`, constant before and after. The last
    /// epoch begins one before `end = epochs`: by epochs the final rate is never quite reached.
    case cosine(start: Int = 0, end: Int, final: Double = 0)
    /// Cosines to 0 one after the other (SGDR): the first of `first` epochs, each next one `stretch` times as long and
    /// `height` times as high.
    case cosineRestarts(first: Int, stretch: Double = 1, height: Double = 1)
    /// From the full rate at `start` along a line to `rate · final` at `end`.
    case linear(start: Int = 0, end: Int, final: Double = 0)
  }

  public var curve: Curve
  /// The epochs at the start in which the rate rises: times `(t + 1) / warmUp`, `t` counted in epochs or in steps, and
  /// `warmUp` alike. The curve's own time runs from the beginning of the training all the same.
  public var warmUp: Int
  /// Whether the rate changes from step to step, not from epoch to epoch.
  public var isPerStep: Bool

  public init(_ curve: Curve, warmUp: Int = 0, isPerStep: Bool = false) {
    self.curve = curve
    self.warmUp = warmUp
    self.isPerStep = isPerStep
  }

  public static var constant: Schedule { Schedule(.constant) }

  public static func step(milestones: [Int], gamma: Double) -> Schedule {
    Schedule(.step(milestones: milestones, gamma: gamma))
  }

  /// The rate of a step, given the base rate; epoch and step within it from 0.
  public func rate(
    _ base: Double, epoch: Int, step: Int = 0, of stepsPerEpoch: Int = 1
  ) -> Double {
    let unit = isPerStep ? stepsPerEpoch : 1
    let time = isPerStep ? epoch * unit + step : epoch
    let rate = curve.rate(base, time: time, unit: unit)
    return time < warmUp * unit ? rate * Double(time + 1) / Double(warmUp * unit) : rate
  }
}

extension Schedule.Curve {
  /// The rate at `time`, of which an epoch has `unit`. One multiplication a milestone: no `pow`.
  fileprivate func rate(_ base: Double, time: Int, unit: Int) -> Double {
    switch self {
    case .constant: return base
    case .step(let milestones, let gamma):
      return milestones.filter { $0 * unit <= time }.reduce(base) { rate, _ in rate * gamma }
    case .every(let epochs, let gamma):
      return (0..<time / (max(epochs, 1) * unit)).reduce(base) { rate, _ in rate * gamma }
    case .cosine(let start, let end, let final):
      let part = Self.part(of: time, from: start * unit, to: end * unit)
      return base * (final + (1 - final) * ((1 + cosineOfPi(times: part)) / 2))
    case .cosineRestarts(let first, let stretch, let height):
      return Self.restarted(
        base, time: Double(time), length: Double(max(first, 1) * unit), stretch: stretch,
        height: height)
    case .linear(let start, let end, let final):
      let part = Self.part(of: time, from: start * unit, to: end * unit)
      return base * (1 - (1 - final) * part)
    }
  }

  /// How much of the way is done, from 0 to 1.
  private static func part(of time: Int, from start: Int, to end: Int) -> Double {
    time <= start ? 0 : time >= end ? 1 : Double(time - start) / Double(end - start)
  }

  private static func restarted(
    _ base: Double, time: Double, length: Double, stretch: Double, height: Double
  ) -> Double {
    var (start, length, rate) = (0.0, length, base)
    // Cycles that shrink below a unit of time are as good as none.
    while time - start >= length, length >= 1 {
      start += length
      length *= stretch
      rate *= height
    }
    let part = min((time - start) / length, 1)
    return rate * ((1 + cosineOfPi(times: part)) / 2)
  }
}
