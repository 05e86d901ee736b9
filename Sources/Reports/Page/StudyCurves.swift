import Documents

/// Mean curves with a band of one deviation over the seeds, a line for each combination of the swept values.
package struct StudyCurves {
  private let study: StudyReport
  private let stages: [StageReport]

  /// More epochs than this are thinned out, so that a page of many curves stays small.
  private static let mostEpochs = 60

  package init(_ study: StudyReport, _ stages: [StageReport]) {
    self.study = study
    self.stages = stages
  }

  package var sections: [Markup] { stages.flatMap(section) }

  private func section(_ stage: StageReport) -> [Markup] {
    let all = study.points.compactMap { $0.report?[stage.name]?.metrics }
    let epochs = Self.thinned(Set(all.flatMap(\.epochs)).sorted())
    guard epochs.count > 1 else { return [] }
    var columns: [Metrics.Column] = []
    for column in all.flatMap(\.columns) where !columns.contains(where: { $0.name == column.name })
    {
      columns.append(column)
    }
    let order = ["loss", "accuracy", "error"]
    columns.sort {
      (order.firstIndex(of: $0.quantity) ?? 9, $0.name)
        < (order.firstIndex(of: $1.quantity) ?? 9, $1.name)
    }
    let parts = Self.parts(of: study.groups(of: stage.name))
    let charts = columns.flatMap { column in
      parts.map { chart(stage.name, column.name, $0, epochs) }
    }
    return [
      Markup("h3", [:], stage.name), Markup("div", ["class": "charts"], charts),
      numbers(stage.name, columns.map(\.name)),
    ]
  }

  /// Where the curves end, in numbers.
  private func numbers(_ stage: String, _ columns: [String]) -> Markup {
    let rows = study.groups(of: stage).map { group -> [String] in
      let ends = columns.map { column in
        group.points.compactMap { point in
          point.report?[stage]?.metrics?[column]?.values.last ?? nil
        }
      }
      return [group.label.isEmpty ? "mean of \(group.points.count)" : group.label]
        + ends.map { StudyReport.Mean($0)?.text ?? "" }
    }
    return .details(
      "Numbers at the last epoch",
      [
        .table(
          ["curve"] + columns, rows, numeric: Set(1...columns.count),
          caption: "Metrics of \(stage) at the last epoch", rowHeaders: true)
      ])
  }

  /// As many groups as there are styles of lines.
  private static func parts(
    of groups: [StudyReport.Group]
  ) -> [ArraySlice<StudyReport.Group>] {
    stride(from: 0, to: groups.count, by: Palette.lines).map {
      groups[$0..<min($0 + Palette.lines, groups.count)]
    }
  }

  private func chart(
    _ stage: String, _ column: String, _ part: ArraySlice<StudyReport.Group>, _ epochs: [Int]
  ) -> Markup {
    let lines = part.enumerated().map { index, group in
      let curve = group.curve(stage, column, epochs: epochs)
      let label = group.label.isEmpty ? "mean of \(group.points.count)" : group.label
      return LineChart.Line(name: label, style: index, values: curve.values, spread: curve.spread)
    }
    return LineChart(title: "\(stage): \(column)", epochs: epochs, lines: lines, speaks: false)
      .markup
  }

  /// The first, the last, and evenly between.
  private static func thinned(_ epochs: [Int]) -> [Int] {
    guard epochs.count > mostEpochs else { return epochs }
    return (0..<mostEpochs).map { epochs[$0 * (epochs.count - 1) / (mostEpochs - 1)] }
  }
}
