/// Two normal distributions that a list of numbers is taken to be drawn from, fitted by expectation
/// maximisation (EM): such as the losses of samples with right and with wrong labels.
///
/// All arithmetic is binary64, one IEEE operation at a time, sums in ascending order; nothing is drawn.
/// The fit begins with 2-means from the least and greatest value, whose clusters are the first
/// responsibilities, and an M-step. Then follow at most `rounds` rounds of E-step and M-step, until
/// the mean log-likelihood of an E-step is within `tolerance` of the one before.
///
/// M-step: `weight = n / N`, `n = Σ r + 10 ε` (ε = 2⁻⁵²), `mean = Σ r x / n`,
/// `variance = Σ r (x - mean)² / n + floor`. Defaults and definition are DivideMix's (Li, Socher & Hoi, ICLR
/// 2020), with scikit-learn's `GaussianMixture`.
public struct GaussianMixture: Sendable, Hashable {
  public struct Component: Sendable, Hashable {
    public var weight: Double
    public var mean: Double
    public var variance: Double
  }

  /// The component with the lower mean, and the other; the first found of equals is the lower.
  public let lower: Component
  public let upper: Component
  /// The E-steps taken, and whether the last changed little enough.
  public let rounds: Int
  public let hasConverged: Bool

  /// The fit to `values`, finite numbers, two of which differ; `nil` where all are equal or there are none.
  public init?(
    fitting values: [Float], rounds: Int = 10, tolerance: Double = 1e-2,
    varianceFloor floor: Double = 5e-4
  ) {
    let x = values.map { Double($0) }
    guard let upperSide = Self.twoMeans(x) else { return nil }
    var components = Self.maximised(x, shares: upperSide.map { $0 ? 1 : 0 }, floor)
    var (likelihood, taken, settled) = (-Double.infinity, 0, false)
    while taken < rounds, !settled {
      let expectation = Self.expected(x, components)
      components = Self.maximised(x, shares: expectation.shares, floor)
      settled = abs(expectation.likelihood - likelihood) < tolerance
      likelihood = expectation.likelihood
      taken += 1
    }
    let exchanged = components.1.mean < components.0.mean
    (lower, upper) = exchanged ? (components.1, components.0) : components
    self.rounds = taken
    hasConverged = settled
  }

  /// The probability of each value to be of the lower component, by Bayes' rule.
  public func lowerPosterior(of values: [Float]) -> [Double] {
    values.map { 1 - Self.logOdds(Double($0), (lower, upper)).share }
  }
}

extension GaussianMixture {
  /// Whether each value is nearer the greater of two means, which begin as the extremes; a value between goes
  /// to the lower. Ends when no value changes sides, or after 300 rounds.
  private static func twoMeans(_ x: [Double]) -> [Bool]? {
    guard var low = x.min(), var high = x.max(), low < high else { return nil }
    var sides: [Bool] = []
    for _ in 0..<300 {
      let next = x.map { abs($0 - high) < abs($0 - low) }
      if next == sides { break }
      sides = next
      low = mean(of: x, where: sides, equal: false)
      high = mean(of: x, where: sides, equal: true)
    }
    return sides
  }

  private static func mean(of x: [Double], where sides: [Bool], equal side: Bool) -> Double {
    var (sum, count) = (0.0, 0.0)
    for (value, at) in zip(x, sides) where at == side { (sum, count) = (sum + value, count + 1) }
    return sum / count
  }

  /// The M-step; `shares` are the responsibilities of the second component.
  private static func maximised(
    _ x: [Double], shares: [Double], _ floor: Double
  ) -> (Component, Component) {
    func component(_ share: (Double) -> Double) -> Component {
      var (n, sum, squares) = (0.0, 0.0, 0.0)
      for (value, r) in zip(x, shares) { (n, sum) = (n + share(r), sum + share(r) * value) }
      n += 10 * Double.ulpOfOne
      let mean = sum / n
      for (value, r) in zip(x, shares) {
        squares += share(r) * ((value - mean) * (value - mean))
      }
      return Component(weight: n / Double(x.count), mean: mean, variance: squares / n + floor)
    }
    return (component { 1 - $0 }, component { $0 })
  }

  /// The E-step: the second component's responsibilities and the mean log-likelihood.
  private static func expected(
    _ x: [Double], _ components: (Component, Component)
  ) -> (shares: [Double], likelihood: Double) {
    var (shares, likelihood) = ([Double](), 0.0)
    for value in x {
      let odds = logOdds(value, components)
      shares.append(odds.share)
      likelihood += odds.logDensity
    }
    return (shares, likelihood / Double(x.count))
  }

  /// The second component's share in the density at `x`, and the density's logarithm.
  private static func logOdds(
    _ x: Double, _ components: (Component, Component)
  ) -> (share: Double, logDensity: Double) {
    let (a, b) = (logDensity(x, components.0), logDensity(x, components.1))
    let greatest = a > b ? a : b
    let (p, q) = (exponential(a - greatest), exponential(b - greatest))
    return (q / (p + q), greatest + logarithm(p + q))
  }

  private static func logDensity(_ x: Double, _ component: Component) -> Double {
    let distance = (x - component.mean) * (x - component.mean) / component.variance
    let logOfTwoPi = 0x1.d67f1c864beb5p+0
    return logarithm(component.weight) - (logOfTwoPi + logarithm(component.variance) + distance) / 2
  }
}
