public import FoundationEssentials

/// Why a transition matrix cannot be estimated as asked.
public enum EstimateError: Error, Equatable {
  case percentile(Double)
  case rows(Int)
  case labelCounts(Int, classes: Int)
  /// The filter would remove as many samples as half the smallest class has, and its anchors with them.
  case percentileTooLow(Double, smallestClass: Int, count: Int, of: Int)
  case emptyRow(Int)
}

extension EstimateError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .percentile(let percentile): "percentile \(percentile) is not between 0 and 100"
    case .rows(let rows): "a row cannot be the mean of \(rows) samples"
    case .labelCounts(let count, let classes): "\(count) label counts for \(classes) classes"
    case .percentileTooLow(let percentile, let label, let count, let total):
      "percentile \(percentile) would remove the anchors of class \(label): "
        + "it has \(count) of \(total) samples"
    case .emptyRow(let label): "the row of class \(label) sums to 0"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .percentile: "choose one above 0 and at most 100, or none"
    case .rows: "choose 1 (the published method) or more"
    case .labelCounts: "count the labels of every class"
    case .percentileTooLow(_, _, let count, let total):
      count > 0
        ? "choose a percentile above \(100 - 50 * Double(count) / Double(total)), or none"
        : "choose none"
    case .emptyRow:
      "the posterior is not one of a trained classifier: look at the stage that made it"
    }
  }
}
