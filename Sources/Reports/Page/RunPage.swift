import Documents
import Engine
import Store

/// The page of one run.
package struct RunPage {
  private let report: RunReport
  private let ids: [String: String]

  package init(_ report: RunReport) {
    self.report = report
    ids = Dictionary(
      report.stages.enumerated().map { ($1.name, "stage-\($0 + 1)") },
      uniquingKeysWith: { first, _ in first })
  }

  /// One HTML file that needs nothing else. The same records give the same bytes.
  package var html: String {
    Page(
      title: "\(report.name) · \(report.hash?.description.prefix(12) ?? "")", header: header,
      sections: [
        .init(id: "graph", title: "Stages", body: [DagDrawing(nodes: report.nodes(ids)).markup]),
        .init(
          id: "results", title: "Results of each stage", body: stageSections,
          parts: report.stages.map { (ids[$0.name] ?? "", $0.name) }),
        .init(id: "provenance", title: "Provenance", body: Provenance(report).markup),
      ]
    ).html
  }

  private var header: [Markup] {
    var parts = [
      Markup("h1", [:], report.name), Markup("p", ["class": "soft"], subtitle),
    ]
    parts += strip
    if let hash = report.hash {
      parts.append(Markup("p", [:], "Execute it again and compare every bit:"))
      parts.append(.command(["repro rerun \(hash.description.prefix(12))"]))
    }
    return parts
  }

  private var subtitle: String {
    var words = report.hash.map { ["run \($0)"] } ?? []
    if let it = report.execution {
      words.append("\(NumberText.time(it.startedAt)) UTC on \(it.host)")
      words.append("repro \(it.engine)")
      words.append(
        "\(it.executed) executed, \(it.reused) reused in \(NumberText.duration(it.seconds))")
    }
    return words.joined(separator: " · ")
  }

  /// The headline figures.
  private var strip: [Markup] {
    let items = report.stages.flatMap { stage in
      stage.record.figures.filter(\.isHeadline).map { figure in
        Markup(
          "li", [:],
          [
            Markup("b", [:], NumberText.figure(figure.value)),
            Markup(figure.name), Markup("br", [:], []),
            Markup("span", ["class": "soft"], stage.name),
          ])
      }
    }
    return items.isEmpty ? [] : [Markup("ul", ["class": "strip"], items)]
  }

  private var stageSections: [Markup] {
    report.stages.map { stage in
      StageSection(
        stage: stage, id: ids[stage.name] ?? "", isReused: report.wasReused(stage), links: ids
      ).markup
    }
  }
}

extension RunReport {
  /// Whether the execution that the report is about found the stage's result in the store.
  package func wasReused(_ stage: StageReport) -> Bool {
    guard let execution else { return false }
    return execution.stageSeconds[stage.name] == nil
  }

  /// The stages as they are drawn; `ids` are their sections.
  package func nodes(_ ids: [String: String]) -> [DagDrawing.Node] {
    stages.map { stage in
      let isReused = wasReused(stage)
      return DagDrawing.Node(
        name: stage.name, kind: stage.kind,
        note: isReused ? "from cache" : NumberText.duration(stage.record.seconds),
        isReused: isReused, target: ids[stage.name] ?? "", sources: stage.inputs.compactMap(\.stage)
      )
    }
  }
}
