public import FoundationEssentials

/// Why samples cannot be cut as asked.
public enum SplitError: Error, Equatable {
  case fraction(Double)
  /// More samples for a part than are left for it, or fewer than none.
  case count(Int, samples: Int)
  case foldCount(Int, samples: Int)
  case label(Int, sample: Int, classes: Int)
  case rareClass(Int, count: Int, parts: Int)
}

extension SplitError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .fraction(let fraction): "validation fraction \(fraction) is not from 0 to below 1"
    case .count(let count, let samples): "a part of \(count) samples, out of \(samples)"
    case .foldCount(let count, let samples): "\(count) folds of \(samples) samples"
    case .label(let label, let sample, let classes):
      "sample \(sample) has label \(label), classes are 0 to \(classes - 1)"
    case .rareClass(let label, let count, let parts):
      "class \(label) has \(members(count)), too few for \(parts) parts"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .fraction: "choose for example 0.1"
    case .count: "choose fewer, or a share such as 0.1"
    case .foldCount: "choose at least 2 folds and at most as many as there are samples"
    case .label: "make the data set again"
    case .rareClass: "allow 'fallback' (a random split) or 'put-in-train' for rare classes"
    }
  }
}
