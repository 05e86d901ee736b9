/// A transition matrix read from the posteriors of anchor samples, and how it came about.
public struct TransitionEstimate: Sendable, Hashable {
  public let transition: TransitionMatrix
  /// The samples (rows of the posterior) that each class was read from, the strongest first.
  public let anchors: [[Int]]
  /// What a sample had to stay below to be an anchor of each class; `nil` without a percentile.
  public let thresholds: [Double]?
  /// As read, before each row is divided by its sum.
  public let unnormalised: [[Double]]
  public let rowSums: [Double]
  public let warnings: [Warning]

  public enum Warning: Sendable, Hashable {
    /// All samples are as likely as the threshold: the likeliest of them all was taken.
    case everySampleFiltered(label: Int)
    /// Fewer samples below the threshold than the row should be the mean of.
    case fewAnchors(label: Int, found: Int, wanted: Int)
  }
}

extension TransitionEstimate.Warning: CustomStringConvertible {
  public var description: String {
    switch self {
    case .everySampleFiltered(let label):
      "class \(label): the percentile leaves no sample, the likeliest of all is taken"
    case .fewAnchors(let label, let found, let wanted):
      "class \(label): \(found) samples instead of \(wanted) are averaged, there are no more"
    }
  }
}

/// Estimates the noise from what a classifier trained on noisy labels thinks of its training samples.
///
/// If some sample certainly is of class `i`, its posterior is row `i` of the matrix. Taken for that is the
/// sample likeliest to be `i`, once the outliers at and above the percentile are set aside. Source: Xia
/// et al., NeurIPS 2019 ("T-Revision").
///
/// - Parameters:
///   - posterior: of the samples trained on, in evaluation mode.
///   - percentile: samples at or above this one of their column (its element of rank `⌈q/100 · (n - 1)⌉`)
///     are no anchors; `nil` admits all. Published: 97 for 10 classes, none for 100.
///   - labelCounts: how many samples have each given label. With them a percentile that would remove half
///     of the smallest class is refused; without them it is not checked.
///   - rows: how many anchors each row is the mean of; 1 is the published method.
///   - legacy: repeats two mistakes of the published code, to explain old figures: entries filtered out
///     for one class read 0 in the rows of later classes, and column `j` is divided by the sum of row `j`.
/// - Returns: the matrix, with the samples, thresholds and sums that it comes from.
/// - Throws: `EstimateError` for a percentile that would filter the anchors out, or is none.
public func estimateTransition(
  from posterior: Posterior, percentile: Double?, labelCounts: [Int]? = nil, rows: Int = 1,
  legacy: Bool = false
) throws(EstimateError) -> TransitionEstimate {
  guard rows > 0 else { throw .rows(rows) }
  if let percentile { try check(percentile, labelCounts, classes: posterior.classes) }
  var reading = AnchorReading(posterior)
  for label in 0..<posterior.classes {
    reading.read(label, percentile: percentile, rows: rows, filtersInPlace: legacy)
  }
  let sums = reading.unnormalised.map { $0.reduce(0, +) }
  if let empty = sums.firstIndex(where: { !($0 > 0) }) { throw .emptyRow(empty) }
  let normalised = reading.unnormalised.enumerated().map { i, row in
    row.enumerated().map { j, entry in entry / sums[legacy ? j : i] }
  }
  return TransitionEstimate(
    transition: TransitionMatrix(sound: normalised), anchors: reading.anchors,
    thresholds: percentile == nil ? nil : reading.thresholds, unnormalised: reading.unnormalised,
    rowSums: sums, warnings: reading.warnings)
}

private func check(
  _ percentile: Double, _ labelCounts: [Int]?, classes: Int
) throws(EstimateError) {
  guard percentile > 0, percentile <= 100 else { throw .percentile(percentile) }
  guard let labelCounts else { return }
  guard labelCounts.count == classes else {
    throw .labelCounts(labelCounts.count, classes: classes)
  }
  let total = labelCounts.reduce(0, +)
  for (label, count) in labelCounts.enumerated() where count == labelCounts.min() {
    // (1 - q/100) ≥ ½ · n_c / n, without its rounded divisions.
    guard (100 - percentile) * 2 * Double(total) < 100 * Double(count) else {
      throw .percentileTooLow(percentile, smallestClass: label, count: count, of: total)
    }
  }
}

/// The rows of the matrix as they are read one after the other.
private struct AnchorReading {
  private let classes: Int
  private let samples: Int
  /// The posterior; the published code's filter leaves its traces here.
  private var values: [Double]
  private(set) var anchors: [[Int]] = []
  private(set) var thresholds: [Double] = []
  private(set) var unnormalised: [[Double]] = []
  private(set) var warnings: [TransitionEstimate.Warning] = []

  init(_ posterior: Posterior) {
    classes = posterior.classes
    samples = posterior.samples
    values = posterior.values
  }

  mutating func read(_ label: Int, percentile: Double?, rows: Int, filtersInPlace: Bool) {
    var candidates = Array(0..<samples)
    if let percentile {
      let threshold = higherQuantile(percentile, of: candidates.map { self[$0, label] })
      thresholds.append(threshold)
      if filtersInPlace {
        for n in candidates where self[n, label] >= threshold { values[n * classes + label] = 0 }
      } else {
        candidates.removeAll { self[$0, label] >= threshold }
      }
    }
    if candidates.isEmpty {
      warnings.append(.everySampleFiltered(label: label))
      candidates = Array(0..<samples)
    } else if candidates.count < rows {
      warnings.append(.fewAnchors(label: label, found: candidates.count, wanted: rows))
    }
    let chosen = likeliest(rows, of: candidates, label)
    anchors.append(chosen)
    unnormalised.append(
      (0..<classes).map { j in
        chosen.reduce(0) { $0 + self[$1, j] } / Double(chosen.count)
      })
  }

  private subscript(sample: Int, label: Int) -> Double { values[sample * classes + label] }

  /// The element at rank `⌈q/100 · (n - 1)⌉` of the ascending column.
  private func higherQuantile(_ percentile: Double, of column: [Double]) -> Double {
    // Divided last: 7/100 · 100 is above 7 in binary64, 7 · 100 / 100 is not.
    let rank = (percentile * Double(column.count - 1) / 100).rounded(.up)
    return column.sorted()[min(Int(rank), column.count - 1)]
  }

  /// Descending by value, the smaller row first among equals.
  private func likeliest(_ count: Int, of candidates: [Int], _ label: Int) -> [Int] {
    guard count > 1 else {
      var best = candidates[0]
      for n in candidates where self[n, label] > self[best, label] { best = n }
      return [best]
    }
    let sorted = candidates.sorted { (-self[$0, label], $0) < (-self[$1, label], $1) }
    return Array(sorted.prefix(count))
  }
}
