import Documents
import Pipelines

/// A table for people: every cell as text, columns that have nothing in them left out.
public struct TextTable: Hashable, Sendable {
  public var header: [String]
  public var rows: [[String]]
  /// Columns of numbers, which stand on the right.
  public var rightAligned: Set<Int>

  public init(header: [String], rows: [[String]], rightAligned: Set<Int>) {
    self.header = header
    self.rows = rows
    self.rightAligned = rightAligned
  }
}

extension ResultTable {
  /// The sign between a mean and its deviation, and whether single values are written out.
  public struct Style: Sendable {
    public var plusMinus = " ± "
    /// `3 runs: 0.6897/0.0050, 0.6914 0.6948 0.6828` in place of `0.6897 ± 0.0050`.
    public var showsAll = false

    public init(plusMinus: String = " ± ", showsAll: Bool = false) {
      self.plusMinus = plusMinus
      self.showsAll = showsAll
    }
  }

  /// The whole table as text: the swept params, the results, what was chosen, and how many runs there were.
  public func text(_ style: Style = Style()) -> TextTable {
    var header = axes
    header += columns.map(\.title)
    if let choice {
      header.append("\(choice.choice.over) chosen" + (choice.isOracle ? " (oracle)" : ""))
    }
    header.append("n")
    let places = columns.indices.map { column in
      columns[column].spec.digits
        ?? Figures.places(for: rows.map(\.cells[column].spread).filter { $0.count > 0 })
    }
    let lines = rows.map { row in
      row.values.map(PointValue.text)
        + columns.indices.map { self.text(of: row.cells[$0], in: row, places[$0], style) }
        + (choice == nil ? [] : [Self.text(chosen: row.chosen)]) + ["\(row.count)"]
    }
    let results = Set(axes.count..<header.count)
    return TextTable(header: header, rows: lines, rightAligned: results).withoutEmptyColumns
  }

  /// `0.9399 ± 0.0021`; of fewer runs than the row has, and of diverged ones, how many.
  private func text(of cell: Cell, in row: Row, _ places: Int, _ style: Style) -> String {
    let spread = cell.spread
    var notes: [String] = []
    if cell.diverged > 0 {
      if spread.count == 0 {
        return cell.diverged == 1 ? "diverged" : "diverged (all \(cell.diverged))"
      }
      notes.append("\(cell.diverged) diverged")
    }
    guard spread.count > 0 else { return "" }
    if spread.count < row.count { notes.insert("\(spread.count) of \(row.count)", at: 0) }
    let note = notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))"
    let mean = Figures.decimals(spread.mean, places)
    let deviation = Figures.decimals(spread.populationDeviation, places)
    if style.showsAll {
      let values = cell.values.map { Figures.decimals($0, places) }.joined(separator: " ")
      return
        "\(spread.count) run\(spread.count == 1 ? "" : "s"): \(mean)/\(deviation), \(values)\(note)"
    }
    return spread.count == 1 ? mean + note : mean + style.plusMinus + deviation + note
  }

  /// One value where all are the same, else each.
  private static func text(chosen: [Value]) -> String {
    let known = chosen.filter { $0 != .null }
    return (Set(known).count == 1 ? [known[0]] : known).map(PointValue.text).joined(separator: ", ")
  }

  /// What a reader has to know besides: points that are missing, and what came of others. `pipeline` is what to
  /// run again.
  public func notes(toRun pipeline: String?) -> [String] {
    let again = pipeline.map { ": repro run \($0)" } ?? ""
    var notes: [String] = []
    func tell(_ points: [String], _ words: String, _ fix: String = "") {
      if points.isEmpty { return }
      if pointCount == 1 {
        notes.append("the only point \(words)\(fix)")
      } else {
        let names = listed(points, separator: "; ")
        notes.append("\(points.count) of \(pointCount) points \(words)\(fix)\n  \(names)")
      }
    }
    let have = { (points: [String]) in points.count == 1 ? "has" : "have" }
    let unrun = points { $0 == .notRun }
    tell(unrun, "\(have(unrun)) not been run", again)
    let partly = troubles.compactMap { trouble -> String? in
      guard case .partlyRun(let missing) = trouble.kind else { return nil }
      return "\(trouble.point) (no \(listed(missing)))"
    }
    tell(partly, "\(have(partly)) not been run to the end", again)
    let without = troubles.compactMap { trouble -> String? in
      guard case .absent(let missing) = trouble.kind else { return nil }
      return "\(trouble.point) (no \(listed(missing)))"
    }
    tell(without, "\(have(without)) no such row or figure")
    let diverged = points { $0 == .diverged }
    tell(diverged, "diverged, and \(diverged.count == 1 ? "is" : "are") in no mean")
    tell(
      points { if case .lost(_, false) = $0 { true } else { false } },
      "lost metrics to eviction, which a run makes again", again)
    let damaged = points { if case .lost(_, true) = $0 { true } else { false } }
    tell(damaged, "\(have(damaged)) damaged metrics, which a run makes again", again)
    if columns.contains(where: \.isOracle) || choice?.isOracle == true {
      notes.append(
        "(oracle): chosen by what only somebody knows who has the true labels or the true matrix")
    }
    return notes
  }

  private func points(_ isMeant: (Trouble.Kind) -> Bool) -> [String] {
    troubles.filter { isMeant($0.kind) }.map(\.point).uniqued
  }

  /// Whether some metrics are damaged.
  public var hasDamage: Bool {
    !points { if case .lost(_, true) = $0 { true } else { false } }.isEmpty
  }
}

extension TextTable {
  /// Without the columns in which every cell is empty.
  package var withoutEmptyColumns: TextTable {
    let kept = header.indices.filter { column in rows.contains { !$0[column].isEmpty } }
    return TextTable(
      header: kept.map { header[$0] }, rows: rows.map { row in kept.map { row[$0] } },
      rightAligned: Set(kept.indices.filter { rightAligned.contains(kept[$0]) }))
  }
}
