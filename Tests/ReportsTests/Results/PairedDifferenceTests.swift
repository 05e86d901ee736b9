import Corpus
import Reports
import Testing

@Suite struct PairedDifferenceTests {
  /// Checked with SciPy 1.17: `ttest_rel(b, a)`, its `confidence_interval()`, `wilcoxon(b, a, mode="exact")`.
  @Test func `is what another program says`() throws {
    let pairs = PairedDifference(
      a: [0.6914, 0.6948, 0.6828, 0.7001, 0.6855], b: [0.6990, 0.6941, 0.6921, 0.7050, 0.6931])
    #expect(abs(pairs.meanDifference - 0.00574) < 1e-12)
    #expect(abs(try #require(pairs.probability) - 0.03090217686015437) < 1e-11)
    let interval = try #require(pairs.interval())
    #expect(abs(interval.lowerBound - 0.0008605606440765436) < 1e-12)
    #expect(abs(interval.upperBound - 0.010619439355923525) < 1e-12)
    #expect(pairs.signedRankProbability == 0.125)
    #expect(pairs.signs == (4, 0, 1))
  }

  @Test func `of one pair says neither interval nor probability`() {
    let pair = PairedDifference(a: [0.5], b: [0.75])
    #expect(pair.interval() == nil && pair.probability == nil)
    #expect(pair.meanDifference == 0.25 && pair.signedRankProbability == 1)
  }

  @Test func `of figures too large for their difference says neither`() {
    let huge = PairedDifference(a: [1e308, 0], b: [-1e308, 0])
    #expect(huge.interval() == nil && huge.probability == nil)
  }

  @Test func `of pairs that differ all alike`() {
    let shifted = PairedDifference(a: [1, 2, 3], b: [2, 3, 4])
    #expect(shifted.interval() == 1...1 && shifted.probability == 0)
    let equal = PairedDifference(a: [1, 2, 3], b: [1, 2, 3])
    #expect(equal.interval() == 0...0 && equal.probability == 1)
    #expect(equal.signedRankProbability == nil && equal.signs == (0, 3, 0))
  }

  @Test(arguments: [
    ([0.3, -0.1, 0.5, 0.7, -0.2, 0.9, 1.1, 0.05], 0.078125),
    ([1, 2, -3, 4, 5, 6, 7, -8, 9, 10, 11, 12], 0.02685546875),
  ])
  func `ranks with signs: SciPy's exact values`(differences: [Double], p: Double) {
    #expect(SignedRank.twoSided(differences) == p)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `ranks with signs: every choice of signs counted, with ties and zeros`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let differences = (0..<Int.random(in: 1...11, using: &random)).map { _ in
      Double(Int.random(in: -5...5, using: &random)) / 7
    }
    #expect(SignedRank.twoSided(differences) == counted(differences))
  }

  @Test func `figures that differ by a rounding are equal`() {
    // In doubles 0.94 - 0.93 is not 0.84 - 0.83.
    let differences = [0.94 - 0.93, 0.84 - 0.83, 0.01, -(0.54 - 0.53)]
    #expect(SignedRank.twoSided(differences) == counted([1, 1, 1, -1]))
  }

  @Test func `too many differences, or none, have no exact test`() {
    #expect(SignedRank.twoSided([0, 0]) == nil)
    #expect(SignedRank.twoSided((1...51).map(Double.init)) == nil)
    #expect(SignedRank.twoSided((1...50).map(Double.init)) == 2 / Double(1 << 50))
  }

  /// By enumeration of all signs.
  private func counted(_ differences: [Double]) -> Double? {
    let kept = differences.filter { $0 != 0 }
    if kept.isEmpty { return nil }
    let sizes = kept.map { abs($0) }
    let ranks = sizes.map { size in
      Double(sizes.count { $0 < size }) + Double(sizes.count { $0 == size } + 1) / 2
    }
    let found = zip(kept, ranks).filter { $0.0 > 0 }.reduce(0) { $0 + $1.1 }
    var (below, above) = (0, 0)
    for signs in 0..<(1 << kept.count) {
      let sum = ranks.indices.filter { signs >> $0 & 1 == 1 }.reduce(0) { $0 + ranks[$1] }
      if sum <= found { below += 1 }
      if sum >= found { above += 1 }
    }
    return min(1, 2 * Double(min(below, above)) / Double(1 << kept.count))
  }
}
