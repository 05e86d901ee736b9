public import Documents
import Engine
import Pipelines
import Store

extension ResultTable {
  /// The table as a document, every value in full.
  public var document: Value {
    var members: [String: Value] = [
      "title": .string(title), "axes": .list(axes.map(Value.string)),
      "over": .list(pooled.map(Value.string)),
      "results": .list(columns.map(document)), "rows": .list(rows.map(document)),
      "points": .int(Int64(pointCount)), "troubles": .list(troubles.map(document)),
    ]
    if let choice {
      members["choice"] = [
        "over": .string(choice.choice.over), "by": .string(choice.choice.by),
        "mode": .string(choice.choice.mode.rawValue), "oracle": .bool(choice.isOracle),
      ]
    }
    return .map(members)
  }

  private func document(_ column: Column) -> Value {
    [
      "name": .string(column.spec.name), "stage": .string(column.spec.stage),
      "metric": .string(column.spec.metric), "oracle": .bool(column.isOracle),
      "better": column.spec.direction.map { .string($0.rawValue) } ?? .null,
    ]
  }

  private func document(_ row: Row) -> Value {
    var members: [String: Value] = [
      "params": .map(
        Dictionary(zip(axes, row.values), uniquingKeysWith: { first, _ in first })),
      "points": .list(row.points.map(document)),
      "results": .map(
        Dictionary(
          zip(columns.map(\.spec.name), row.cells.map(document)),
          uniquingKeysWith: { first, _ in first })),
    ]
    if choice != nil { members["chosen"] = .list(row.chosen) }
    return .map(members)
  }

  private func document(_ point: StudyPoint) -> Value {
    [
      "params": .map(
        Dictionary(
          point.values.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })),
      "run": point.runHash.map { .string($0.description) } ?? .null,
    ]
  }

  private func document(_ cell: Cell) -> Value {
    let spread = cell.spread
    return [
      "n": .int(Int64(spread.count)), "mean": spread.count > 0 ? .float(spread.mean) : .null,
      "deviation": spread.count > 0 ? .float(spread.populationDeviation) : .null,
      "diverged": .int(Int64(cell.diverged)), "missing": .int(Int64(cell.missing)),
      "values": .list(cell.outcomes.map { $0?.value.map(Value.float) ?? .null }),
    ]
  }

  private func document(_ trouble: Trouble) -> Value {
    var members: [String: Value] = ["point": .string(trouble.point)]
    switch trouble.kind {
    case .notRun: members["trouble"] = "not run"
    case .partlyRun(let missing):
      members["trouble"] = "not run to the end"
      members["missing"] = .list(missing.map(Value.string))
    case .diverged: members["trouble"] = "diverged"
    case .absent(let missing):
      members["trouble"] = "absent"
      members["missing"] = .list(missing.map(Value.string))
    case .lost(let output, let isDamaged):
      members["trouble"] = isDamaged ? "damaged" : "evicted"
      members["output"] = .string(output)
    }
    return .map(members)
  }

  /// Comma-separated values in full: a row of the table a line, or with `all` a point a line.
  public func csv(all: Bool) -> String {
    TextTable.csv(all ? pointLines : rowLines)
  }

  private var rowLines: [[String]] {
    let results = columns.map(\.title)
    let hasDiverged = rows.contains { $0.cells.contains { $0.diverged > 0 } }
    let parts = ["mean", "deviation", "n"] + (hasDiverged ? ["diverged"] : [])
    var lines = [axes + results.flatMap { name in parts.map { "\(name) \($0)" } } + chosenTitle]
    for row in rows {
      let cells = row.cells.flatMap { cell -> [String] in
        let spread = cell.spread
        let figures =
          spread.count > 0 ? ["\(spread.mean)", "\(spread.populationDeviation)"] : ["", ""]
        return figures + ["\(spread.count)"] + (hasDiverged ? ["\(cell.diverged)"] : [])
      }
      let chosen = chosenTitle.map { _ in row.chosen.map(PointValue.text).joined(separator: " ") }
      lines.append(row.values.map(PointValue.text) + cells + chosen)
    }
    return lines
  }

  private var pointLines: [[String]] {
    let names = rows.flatMap(\.points).flatMap { $0.values.map(\.name) }.uniqued
    var lines = [names + columns.map(\.title) + ["run"]]
    for row in rows {
      for (index, point) in row.points.enumerated() {
        lines.append(
          names.map { point[$0].map(PointValue.text) ?? "" }
            + row.cells.map { Self.word(for: $0.outcomes[index]) }
            + [point.runHash?.description ?? ""])
      }
    }
    return lines
  }

  private var chosenTitle: [String] {
    choice.map { ["\($0.choice.over) chosen" + ($0.isOracle ? " (oracle)" : "")] } ?? []
  }

  private static func word(for outcome: ResultOutcome?) -> String {
    switch outcome {
    case .value(let value): "\(value)"
    case .diverged: "diverged"
    case .notRun, .lost, .absent, nil: ""
    }
  }
}
