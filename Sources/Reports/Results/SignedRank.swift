/// Wilcoxon's signed-rank test of differences in pairs, exact.
package enum SignedRank {
  /// With more differences than these the test is left out: the one by Student says enough.
  package static let most = 50

  /// How likely it is, if each difference were as likely to have the other sign, that the ranks lie as much on one
  /// side: twice the smaller tail, 1 at most.
  ///
  /// Differences of 0 are left out (Wilcoxon); equal ones have the mean of their ranks, and the distribution is that
  /// of these ranks, over all 2ⁿ choices of signs. Two that differ by a part in 10¹² are equal: they come from
  /// figures like 0.94 - 0.93 and 0.84 - 0.83.
  ///
  /// - Returns: `nil` where nothing is left, or more than ``most``.
  package static func twoSided(_ differences: [Double]) -> Double? {
    let largest = differences.map { abs($0) }.max() ?? 0
    let kept = differences.filter { abs($0) > largest * 1e-12 && $0 != 0 }
    guard !kept.isEmpty, kept.count <= most else { return nil }
    let ranks = doubledRanks(kept.map { abs($0) }, tolerance: largest * 1e-12)
    let positive = zip(kept, ranks).filter { $0.0 > 0 }.reduce(0) { $0 + $1.1 }
    let counts = waysToSum(ranks)
    let all = counts.reduce(0, +)
    let below = counts[...positive].reduce(0, +) / all
    let above = counts[positive...].reduce(0, +) / all
    return min(1, 2 * min(below, above))
  }

  /// Twice the rank of each size, so that the means of ranks are whole numbers.
  private static func doubledRanks(_ sizes: [Double], tolerance: Double) -> [Int] {
    let order = sizes.indices.sorted { sizes[$0] < sizes[$1] }
    var ranks = [Int](repeating: 0, count: sizes.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, sizes[order[end]] - sizes[order[end - 1]] <= tolerance { end += 1 }
      // Ranks start + 1 to end.
      for place in order[start..<end] { ranks[place] = start + 1 + end }
      start = end
    }
    return ranks
  }

  /// In how many ways some of the numbers make each sum.
  private static func waysToSum(_ numbers: [Int]) -> [Double] {
    var ways = [1.0] + [Double](repeating: 0, count: numbers.reduce(0, +))
    for number in numbers {
      for sum in stride(from: ways.count - 1, through: number, by: -1) {
        ways[sum] += ways[sum - number]
      }
    }
    return ways
  }
}
