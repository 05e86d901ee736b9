import Documents
import Engine
import Pipelines
import Store

extension FormatOptions {
  /// Prints what became of a study.
  func print(_ outcome: StudyOutcome, since occasion: Occasion) {
    let seconds = max(0, Machine.now - occasion.startedAt)
    print(Self.document(outcome)) { Self.text(outcome, seconds: seconds) }
  }

  private static func text(_ outcome: StudyOutcome, seconds: Double) -> String {
    let done = outcome.points.count { $0.run != nil }
    let open = outcome.points.count - done
    return """
      \(table(outcome).text)

      \(done) of \(outcome.points.count) points done\(open > 0 ? ", \(open) without a result" : ""): \
      \(outcome.executed) stages executed, \(outcome.reused) reused, \(Display.duration(seconds))
      """
  }

  /// The points, their runs, and the figures that they came to.
  private static func table(_ outcome: StudyOutcome) -> Table {
    let axes = outcome.study.varied.map(\.name)
    let varied = outcome.study.axes.indices.filter { outcome.study.axes[$0].values.count > 1 }
    var columns: [String] = []
    let figures = outcome.points.map { point in
      (point.run?.stages ?? []).flatMap { stage in
        stage.record.figures.filter(\.isHeadline).map {
          (column: "\(stage.name) \($0.name)", text: Display.figure($0))
        }
      }
    }
    for figure in figures.joined() where !columns.contains(figure.column) {
      columns.append(figure.column)
    }
    let first = axes.count + 1
    var table = Table(
      axes + ["run"] + columns, rightAligned: Set(first..<(first + columns.count)))
    for (point, figures) in zip(outcome.points, figures) {
      let values = varied.map { point.values[$0].flowText }
      let cells = columns.map { column in figures.first { $0.column == column }?.text ?? "" }
      table.rows.append(values + [point.run.map { Display.short($0.runHash) } ?? "failed"] + cells)
    }
    return table
  }

  private static func document(_ outcome: StudyOutcome) -> Value {
    [
      "name": .string(outcome.study.name), "executed": .int(Int64(outcome.executed)),
      "reused": .int(Int64(outcome.reused)),
      "points": .list(
        outcome.points.map { point in
          let values = zip(outcome.study.axes, point.values).map { ($0.name, $1) }
          return [
            "values": .map(Dictionary(values, uniquingKeysWith: { first, _ in first })),
            "run": point.run.map { .string($0.runHash.description) } ?? .null,
          ]
        }),
    ]
  }
}
