import Documents
import Engine
import Store

/// The page of a study: its results over what is swept, mean curves, matrices, and every point.
package struct StudyPage {
  private let study: StudyReport
  private let groups: [StudyReport.Group]
  /// The stages of all points, each behind those that it reads from, and their sections.
  private let stages: [StageReport]
  private let ids: [String: String]

  package init(_ study: StudyReport) {
    self.study = study
    groups = study.groups
    var stages: [StageReport] = []
    for stage in study.points.compactMap(\.report).flatMap(\.stages)
    where !stages.contains(where: { $0.name == stage.name }) {
      stages.append(stage)
    }
    self.stages = stages
    ids = Dictionary(
      stages.enumerated().map { ($1.name, "stage-\($0 + 1)") },
      uniquingKeysWith: { first, _ in first })
  }

  /// One HTML file that needs nothing else. The same records give the same bytes.
  package var html: String {
    let curves = StudyCurves(study, stages).sections
    let matrices = StudyMatrices(study: study, stages: stages).markup
    let all: [Page.Section] = [
      .init(id: "results", title: "Results", body: results),
      .init(id: "grid", title: "Over the sweep", body: StudyGrid(study, groups).markup),
      .init(id: "curves", title: "Curves", body: curves),
      .init(id: "matrices", title: "Matrices", body: matrices),
      .init(id: "graph", title: "Stages", body: [DagDrawing(nodes: nodes).markup]),
      .init(id: "points", title: "Points", body: [points]),
      .init(id: "configuration", title: "Configuration", body: stages.map(configuration)),
      .init(id: "provenance", title: "Provenance", body: provenance),
    ]
    return Page(
      title: "\(study.name) · \(study.points.count) points", header: header,
      sections: all.filter { !$0.body.isEmpty }
    ).html
  }

  private var header: [Markup] {
    let finished = study.points.count { $0.isFinished }
    let failed = study.points.count { $0.failure != nil }
    var words = ["\(study.points.count) points", "\(finished) finished"]
    if failed > 0 { words.append("\(failed) unfinished") }
    let missing = study.points.count - finished - failed
    if missing > 0 { words.append("\(missing) not run") }
    let axes = study.axes.map { axis in
      (axis.name, Markup(axis.values.map(\.words).joined(separator: ", ")))
    }
    var parts = [
      Markup("h1", [:], study.name),
      Markup("p", ["class": "soft"], words.joined(separator: " · ")), .facts(axes),
    ]
    if !study.commands.isEmpty {
      parts += [Markup("p", [:], "Do it again:"), .command(study.commands)]
    }
    return parts
  }

  private var results: [Markup] {
    (study.results.isEmpty ? [study.headlines] : study.results).flatMap { table in
      [
        .table(
          table.columns, table.rows, numeric: table.numeric, caption: table.title,
          rowHeaders: true)
      ] + (table.note.isEmpty ? [] : [Markup("p", ["class": "note"], table.note)])
    }
  }

  // MARK: Stages

  private func versions(of stage: String) -> [StageReport] {
    var keys: Set<Digest> = []
    return study.points.compactMap { $0.report?[stage] }
      .filter { keys.insert($0.record.key).inserted }
  }

  private var nodes: [DagDrawing.Node] {
    stages.map { stage in
      let versions = versions(of: stage.name)
      let seconds = versions.reduce(0) { $0 + $1.record.seconds }
      let isReused = study.points.compactMap(\.report).allSatisfy { report in
        report[stage.name].map(report.wasReused) ?? true
      }
      return DagDrawing.Node(
        name: stage.name, kind: stage.kind,
        note: isReused ? "from cache" : NumberText.duration(seconds), isReused: isReused,
        count: versions.count, target: ids[stage.name] ?? "",
        sources: stage.inputs.compactMap(\.stage))
    }
  }

  /// Every field, and all values of those that are swept.
  private func configuration(_ stage: StageReport) -> Markup {
    let all = study.points.compactMap { $0.report?[stage.name] }
    var rows = (stage.config.map?.isEmpty == true ? [] : stage.config.fields()).map { field in
      let values = all.map { it in
        it.config.fields().first { $0.path == field.path }?.text ?? "none"
      }
      return [field.path, Self.distinct(values)]
    }
    if stage.seed != nil {
      rows.append(["seed", Self.distinct(all.map { $0.seed.map(String.init) ?? "none" })])
    }
    let count = versions(of: stage.name).count
    return Markup(
      "article", ["id": ids[stage.name]],
      [
        .details(
          "\(stage.name) (\(stage.kind))" + (count > 1 ? " × \(count)" : ""),
          [
            .table(
              ["field", "value"], rows, caption: "Configuration of \(stage.name)", rowHeaders: true)
          ])
      ])
  }

  private static func distinct(_ texts: [String]) -> String {
    var distinct: [String] = []
    for text in texts where !distinct.contains(text) { distinct.append(text) }
    return distinct.joined(separator: " | ")
  }

  // MARK: Points

  private var points: Markup {
    let names = study.figureNames
    let rows = study.points.map { point in
      study.axes.map { point.values[$0.name]?.words ?? "" } + [point.state]
        + names.map { point.figure($0).map(NumberText.figure) ?? "" }
        + [point.report?.hash.map { String($0.description.prefix(12)) } ?? ""]
    }
    let columns =
      study.axes.map(\.name) + ["state"] + names + ["run"]
    let first = study.axes.count + 1
    return .table(
      columns, rows, numeric: Set(first..<first + names.count), caption: "Every point of the study")
  }

  private var provenance: [Markup] {
    study.points.compactMap { point in
      point.report.map { .details(summary(of: point), Provenance($0).markup) }
    }
  }

  private func summary(of point: StudyReport.Point) -> String {
    let hash = point.report?.hash.map { "run \($0.description.prefix(12))" }
    return [point.label(study.axes), hash ?? ""].filter { !$0.isEmpty }.joined(separator: " · ")
  }
}

extension StudyReport.Point {
  /// `finished`, `diverged`, or why it is not.
  package var state: String {
    if let failure { return failure }
    guard let report else { return "not run" }
    let diverged =
      figures.contains { !$0.value.isFinite }
      || report.stages.contains { stage in
        stage.record.figures.contains {
          $0.name == "diverged/epoch" || ($0.name == "diverged" && $0.value != 0)
        }
      }
    return diverged ? "diverged" : "finished"
  }
}
