import Documents

/// The figures over the two innermost swept values, one coloured table for each value of the others.
package struct StudyGrid {
  private let study: StudyReport
  private let groups: [StudyReport.Group]

  package init(_ study: StudyReport, _ groups: [StudyReport.Group]) {
    self.study = study
    self.groups = groups
  }

  /// Nothing where nothing but the seed is swept.
  package var markup: [Markup] {
    let axes = study.sweptAxes
    guard let columns = axes.last else { return [] }
    let rows = axes.count > 1 ? axes[axes.count - 2] : nil
    let outer = max(axes.count - 2, 0)
    var facets: [[Value?]] = []
    for group in groups {
      let facet = Array(group.values.prefix(outer))
      if !facets.contains(facet) { facets.append(facet) }
    }
    let tables = study.figureNames.flatMap { name in
      let means = groups.compactMap { $0.mean(name)?.value }
      let range = (means.min() ?? 0, means.max() ?? 0)
      return facets.map { facet in
        let members = groups.filter { Array($0.values.prefix(outer)) == facet }
        let title = zip(axes, facet).map { "\($0.name) \($1?.words ?? "")" }
        return table(
          [name] + title, members, rows, columns, range
        ) { $0.points.compactMap { $0.figure(name) } }
      }
    }
    return tables.isEmpty ? [] : [Markup("div", ["class": "grids"], tables)]
  }

  private func table(
    _ title: [String], _ members: [StudyReport.Group], _ rows: StudyReport.Axis?,
    _ columns: StudyReport.Axis, _ range: (Double, Double),
    figures: (StudyReport.Group) -> [Double]
  ) -> Markup {
    func cell(_ row: Value?, _ column: Value) -> Markup {
      let group = members.first { group in
        group.values.last == column && (row == nil || group.values.dropLast().last == row)
      }
      guard let group else { return Markup("td", [:], "") }
      guard let mean = StudyReport.Mean(figures(group)) else {
        let hasDiverged = figures(group).contains { !$0.isFinite }
        let state = hasDiverged ? "diverged" : group.points.first { !$0.isFinished }?.state
        return Markup("td", ["class": "alarm"], state ?? "no figure")
      }
      let (low, high) = range
      let colour = Palette.sequential(high > low ? (mean.value - low) / (high - low) : 0.5)
      let small =
        (mean.spread.count > 1 ? "± \(NumberText.figure(mean.deviation))" : "")
        + (mean.diverged > 0 ? " \(mean.diverged) diverged" : "")
        + (mean.spread.count + mean.diverged < group.points.count
          ? " (\(mean.spread.count) of \(group.points.count))" : "")
      return Markup(
        "td", ["style": "background:\(colour.text);color:\(colour.ink)"],
        [Markup(NumberText.figure(mean.value))]
          + (small.isEmpty ? [] : [Markup("small", [:], small)]))
    }
    let corner = rows.map { "\($0.name) ↓ \(columns.name) →" } ?? columns.name
    let head =
      [Markup("th", ["scope": "col"], corner)]
      + columns.values.map { Markup("th", ["scope": "col"], $0.words) }
    let lines = (rows?.values.map(Optional.some) ?? [nil]).map { row in
      Markup(
        "tr", [:],
        [Markup("th", ["scope": "row"], row?.words ?? "")] + columns.values.map { cell(row, $0) })
    }
    let caption = title.joined(separator: " · ")
    return Markup(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
      [
        Markup(
          "table", ["class": "study"],
          [
            Markup("caption", [:], caption), Markup("thead", [:], [Markup("tr", [:], head)]),
            Markup("tbody", [:], lines),
          ])
      ])
  }
}
