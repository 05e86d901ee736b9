/// What pairs of figures say about the difference of A and B.
public struct PairedDifference: Hashable, Sendable {
  public let a: [Double]
  public let b: [Double]

  /// - Parameters:
  ///   - a: the figures of A.
  ///   - b: those of B, each that goes with the one of A.
  public init(a: [Double], b: [Double]) {
    precondition(a.count == b.count)
    self.a = a
    self.b = b
  }

  public var count: Int { a.count }
  /// What B has more than A, in each pair.
  public var differences: [Double] { zip(a, b).map { $1 - $0 } }
  public var meanA: Double { Spread(a).mean }
  public var meanB: Double { Spread(b).mean }
  public var meanDifference: Double { Spread(differences).mean }

  /// The mean difference, by Student's distribution, is in here with this confidence; `nil` of fewer than two pairs.
  public func interval(confidence: Double = 0.95) -> ClosedRange<Double>? {
    guard let error = standardError else { return nil }
    let reach = error * StudentT.quantile(twoSided: 1 - confidence, freedom: count - 1)
    return (meanDifference - reach)...(meanDifference + reach)
  }

  /// How likely so large a mean difference is where there is none: the paired test of Student, on both sides. `nil`
  /// of fewer than two pairs.
  public var probability: Double? {
    guard let error = standardError else { return nil }
    if error == 0 { return meanDifference == 0 ? 1 : 0 }
    return StudentT.twoSided(meanDifference / error, freedom: count - 1)
  }

  /// The same by the exact signed-rank test of Wilcoxon; `nil` where all pairs are equal, or more than fifty differ.
  public var signedRankProbability: Double? { SignedRank.twoSided(differences) }

  /// In how many pairs B is higher, equal and lower.
  public var signs: (higher: Int, equal: Int, lower: Int) {
    let differences = differences
    return (
      differences.count { $0 > 0 }, differences.count { $0 == 0 }, differences.count { $0 < 0 }
    )
  }

  /// `nil` also of figures so large that their differences are not finite.
  private var standardError: Double? {
    let spread = Spread(differences)
    guard let deviation = spread.sampleDeviation, deviation.isFinite, spread.mean.isFinite else {
      return nil
    }
    return deviation / Double(count).squareRoot()
  }
}
