/// How labels are confused: entry `[i][j]` is the probability that a sample of class `i` is given label `j`.
///
/// Square and finite. Rows of a true or estimated matrix sum to 1; those of a revised one need not.
public struct TransitionMatrix: Hashable, Sendable {
  public let rows: [[Double]]

  public var classes: Int { rows.count }

  public subscript(i: Int, j: Int) -> Double { rows[i][j] }

  public init(_ rows: [[Double]]) throws(TransitionError) {
    guard !rows.isEmpty, rows.allSatisfy({ $0.count == rows.count }) else {
      throw .notSquare(rows.map(\.count))
    }
    for (i, row) in rows.enumerated() {
      if let j = row.firstIndex(where: { !$0.isFinite }) { throw .notFinite(row: i, column: j) }
    }
    self.rows = rows
  }

  /// For entries that are sound by construction.
  init(sound rows: [[Double]]) {
    assert(rows.allSatisfy { $0.count == rows.count && $0.allSatisfy(\.isFinite) })
    self.rows = rows
  }

  /// No noise: every label is right.
  public static func identity(classes: Int) -> TransitionMatrix {
    TransitionMatrix(sound: (0..<classes).map { i in (0..<classes).map { $0 == i ? 1 : 0 } })
  }

  public var rowSums: [Double] { rows.map { $0.reduce(0, +) } }

  /// Whether no entry is negative and every row sums to 1, give or take `tolerance`.
  public func isStochastic(within tolerance: Double = 1e-6) -> Bool {
    rows.allSatisfy { $0.allSatisfy { $0 >= 0 } } && rowSums.allSatisfy { abs($0 - 1) <= tolerance }
  }
}

extension TransitionMatrix {
  /// The estimation error `Σ |T̂ - T| / Σ |T|` of this matrix, `T` being the true one; 0 to 2 when rows
  /// of both sum to 1.
  ///
  /// The published code of T-Revision divides by `Σ |T̂|` while it revises: that is this function with
  /// the two matrices exchanged.
  ///
  /// `truth` is of the same size and not all zero.
  public func estimationError(against truth: TransitionMatrix) -> Double {
    guard truth.classes == classes else {
      fatalError("estimation error: \(classes) classes against \(truth.classes)")
    }
    var (difference, total) = (0.0, 0.0)
    for (row, trueRow) in zip(rows, truth.rows) {
      for (entry, trueEntry) in zip(row, trueRow) {
        difference += abs(entry - trueEntry)
        total += abs(trueEntry)
      }
    }
    return difference / total
  }

  /// A copy with negative entries set to 0 and each row divided by its sum; a row without any positive
  /// entry becomes uniform.
  public var normalised: TransitionMatrix {
    TransitionMatrix(
      sound: rows.map { row in
        let clipped = row.map { max($0, 0) }
        let sum = clipped.reduce(0, +)
        return clipped.map { sum > 0 ? $0 / sum : 1 / Double(row.count) }
      })
  }

  /// The sum of two matrices, such as an estimate and its revision.
  public func adding(_ other: TransitionMatrix) throws(TransitionError) -> TransitionMatrix {
    guard other.classes == classes else { throw .sizes(classes, other.classes) }
    return try TransitionMatrix(zip(rows, other.rows).map { zip($0, $1).map { $0 + $1 } })
  }
}
