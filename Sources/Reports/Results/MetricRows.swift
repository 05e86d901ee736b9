package import Documents
package import Pipelines

/// The rows of metrics that a stage left, one an epoch.
package struct MetricRows {
  /// What there is instead of a number.
  package enum Absence: Error, Equatable {
    /// Training came upon infinities, or the figure is one.
    case diverged
    /// No row has the metric; these are the ones there are.
    case unknownMetric(String, known: [String])
    case noEpoch(Int, last: Int)
    case noRows
  }

  private let rows: [Value]

  package init(rows: [Value]) { self.rows = rows }

  /// The value of the metric in the row that is chosen.
  ///
  /// A training that diverged has no value, whatever row is asked for: the best row of one that broke off is not
  /// what its settings lead to.
  package func value(of metric: String, at choice: RowChoice) throws(Absence) -> Double {
    if rows.isEmpty { throw .noRows }
    if hasDiverged { throw .diverged }
    try require(metric)
    switch choice {
    // Some figures are not taken in every epoch.
    case .last: return try number(metric, in: rows.last { $0[metric] != nil } ?? [:])
    case .meanOfLast(let count):
      var values: [Double] = []
      for row in rows.filter({ $0[metric] != nil }).suffix(count) {
        values.append(try number(metric, in: row))
      }
      return Spread(values).mean
    case .epoch(let epoch):
      guard let row = rows.first(where: { $0["epoch"]?.int == Int64(epoch) }) else {
        throw .noEpoch(epoch, last: rows.compactMap { $0["epoch"]?.int }.max().map(Int.init) ?? 0)
      }
      return try number(metric, in: row)
    case .best(let by, let mode):
      try require(by)
      return try number(metric, in: best(by, mode))
    }
  }

  /// The first of the rows with the best value.
  private func best(_ metric: String, _ mode: Extreme) throws(Absence) -> Value {
    var best: (row: Value, value: Double)?
    for row in rows {
      guard let value = row[metric]?.number, value.isFinite else { continue }
      if best.map({ mode == .max ? value > $0.value : value < $0.value }) ?? true {
        best = (row, value)
      }
    }
    guard let best else { throw .diverged }
    return best.row
  }

  private func require(_ metric: String) throws(Absence) {
    if rows.contains(where: { $0[metric] != nil }) { return }
    let names = Set(rows.flatMap { Array(($0.map ?? [:]).keys) }).subtracting(["epoch"])
    throw .unknownMetric(metric, known: names.sorted())
  }

  /// JSON has no number for what is not finite: it is `null`.
  private func number(_ metric: String, in row: Value) throws(Absence) -> Double {
    guard let value = row[metric]?.number, value.isFinite else { throw .diverged }
    return value
  }

  /// Whether a row says that training came upon infinities.
  package var hasDiverged: Bool { rows.contains { $0["diverged/epoch"] != nil } }
}

extension Value {
  /// A float, or a whole number as one.
  var number: Double? { float ?? int.map(Double.init) }
}
