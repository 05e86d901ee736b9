import Documents
import Engine
import Store

/// A stage on the page: its figures, curves and matrices; its config, inputs and outputs to be unfolded.
package struct StageSection {
  package let stage: StageReport
  package let id: String
  package let isReused: Bool
  /// The sections of the stages that it reads from, by name.
  package let links: [String: String]

  package var markup: Markup {
    Markup(
      "article", ["class": "stage-card", "id": id, "aria-labelledby": "\(id)-title"],
      [header] + figures + notes + charts + heats + [config, inputs, outputs])
  }

  private var header: Markup {
    let seconds = stage.record.seconds
    var badges = [stage.kind]
    if seconds > 0 { badges.append(NumberText.duration(seconds)) }
    if isReused { badges.append("from cache") }
    return Markup(
      "header", [:],
      [Markup("h3", ["id": "\(id)-title"], stage.name)]
        + badges.map { Markup("span", ["class": "badge"], $0) })
  }

  private var figures: [Markup] {
    let figures = stage.record.figures
    guard !figures.isEmpty else { return [] }
    let items = figures.map { figure in
      Markup(
        "li", [:],
        [
          Markup(figure.name + " "),
          Markup(
            "strong", [:],
            figure.isCount
              ? NumberText.decimals(figure.value, 0) : NumberText.figure(figure.value)),
        ])
    }
    return [Markup("ul", ["class": "figures"], items)]
  }

  private var notes: [Markup] {
    stage.record.warnings.map { Markup("p", ["class": "alarm"], "Warning: \($0)") }
      + stage.gaps.map { Markup("p", ["class": "alarm"], "Not shown: \($0)") }
      + stage.record.acceptances.map {
        Markup(
          "p", ["class": "note"], "Accepted from \($0.from.description.prefix(12)): \($0.because)")
      }
  }

  // MARK: Curves

  private var charts: [Markup] {
    guard let metrics = stage.metrics, metrics.epochs.count > 1 else { return [] }
    let charts = metrics.quantities.map { quantity in
      let columns = metrics.columns.filter { $0.quantity == quantity }
      let styles = Palette.classes(for: columns)
      return LineChart(
        title: "\(stage.name): \(quantity)", epochs: metrics.epochs,
        lines: zip(columns, styles).map { .init(name: $0.name, style: $1, values: $0.values) }
      ).markup
    }
    return [Markup("div", ["class": "charts"], charts), table(metrics)]
  }

  private func table(_ metrics: Metrics) -> Markup {
    let rows = metrics.epochs.indices.map { index in
      ["\(metrics.epochs[index])"]
        + metrics.columns.map { $0.values[index].map(NumberText.figure) ?? "" }
    }
    return .details(
      "Numbers of the curves",
      [
        .table(
          ["epoch"] + metrics.columns.map(\.name), rows,
          numeric: Set(0...metrics.columns.count), caption: "Metrics of \(stage.name)",
          rowHeaders: true)
      ])
  }

  // MARK: Matrices

  private var heats: [Markup] {
    stage.matrices.map { Markup("div", ["class": "heats"], Self.heats($0, of: stage.name)) }
  }

  package static func heats(
    _ it: StageReport.NamedMatrix, of stage: String, thumbnails: Bool = false
  ) -> [Markup] {
    func map(_ title: String, _ matrix: Matrix, _ scale: HeatMap.Scale) -> Markup {
      HeatMap(
        title: title, matrix: matrix, scale: scale,
        columns: it.isConfusion ? "predicted class" : "given label", isThumbnail: thumbnails
      ).markup
    }
    let name = "\(stage).\(it.name)"
    guard let truth = it.truth else {
      let negative = it.matrix.values.contains { $0 < 0 }
      let scale = negative ? HeatMap.difference(of: [it.matrix]) : HeatMap.scale(of: [it.matrix])
      return [map(name, it.matrix, scale)]
    }
    let scale = HeatMap.scale(of: [it.matrix, truth])
    let difference = it.matrix - truth
    let error = NumberText.figure(it.matrix.estimationError(against: truth))
    return [
      map(name, it.matrix, scale), map("truth", truth, scale),
      map("difference, error \(error)", difference, HeatMap.difference(of: [difference])),
    ]
  }

  // MARK: What it was made of

  private var config: Markup {
    var rows =
      stage.config.map?.isEmpty == true ? [] : stage.config.fields().map { [$0.path, $0.text] }
    if let seed = stage.seed { rows.append(["seed", "\(seed)"]) }
    guard !rows.isEmpty else { return .none }
    let table = Markup.table(
      ["field", "value"], rows, caption: "Configuration of \(stage.name)", rowHeaders: true)
    return Markup("div", ["class": "config"], [.details("Configuration", [table])])
  }

  private var inputs: Markup {
    guard !stage.inputs.isEmpty else { return .none }
    let items = stage.inputs.map { input -> (String, Markup) in
      let source = input.stage.flatMap { links[$0] }.map {
        Markup("a", ["href": "#\($0)"], input.source)
      }
      return (input.name, (source ?? Markup(input.source)) + Markup(" ") + .code(input.digest))
    }
    return .details("Inputs", [.facts(items)])
  }

  private var outputs: Markup {
    let rows = stage.outputs.map {
      [
        $0.name, $0.content.kind == .tree ? "folder" : "file", NumberText.bytes($0.sizeInBytes),
        $0.content.digest.description, $0.content.sha256.description,
      ]
    }
    return .details(
      "Key and outputs",
      [
        .facts([("key", .code(stage.record.key.description))]),
        .table(
          ["output", "what", "size", "XXH3-128", "SHA-256"], rows, numeric: [2],
          caption: "Outputs of \(stage.name)", rowHeaders: true),
      ])
  }
}

extension Metrics {
  /// The kinds of numbers, losses first, then accuracies, then the rest by name.
  package var quantities: [String] {
    let known = ["loss", "accuracy", "error"]
    let names = Set(columns.map(\.quantity))
    return known.filter(names.contains)
      + names.subtracting(known).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
