public import FoundationEssentials

/// What can be wrong with a transition matrix.
public enum TransitionError: Error, Equatable {
  case notSquare([Int])
  case shape([Int])
  case notFinite(row: Int, column: Int)
  case sizes(Int, Int)
  case singular
}

extension TransitionError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .notSquare(let lengths):
      "a transition matrix needs as many columns as rows: \(lengths.count) rows of lengths \(lengths)"
    case .shape(let shape): "an array of shape \(shape) is no transition matrix"
    case .notFinite(let row, let column):
      "entry [\(row)][\(column)] of the transition matrix is not finite"
    case .sizes(let one, let other):
      "transition matrices of \(one) and \(other) classes do not go together"
    case .singular: "the transition matrix has no inverse"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .singular: "use the 'forward' loss, which needs no inverse"
    case .notFinite: "look for a diverged training among the stages that made it"
    default: "give one row and one column for each class"
    }
  }
}
