/// The mean matrices of each combination of the swept values, small, with their errors.
package struct StudyMatrices {
  package let study: StudyReport
  package let stages: [StageReport]

  package var markup: [Markup] {
    stages.flatMap { stage in
      let groups = study.groups(of: stage.name)
      return stage.matrices.flatMap { matrix -> [Markup] in
        let figures = groups.flatMap { self.figures(of: $0, stage.name, matrix.name) }
        guard !figures.isEmpty else { return [] }
        return [
          Markup("h3", [:], "\(stage.name).\(matrix.name)"),
          Markup("div", ["class": "thumbnails"], figures),
        ]
      }
    }
  }

  private func figures(
    of group: StudyReport.Group, _ stage: String, _ name: String
  ) -> [Markup] {
    let all = group.points.compactMap { point in
      point.report?[stage]?.matrices.first { $0.name == name }
    }
    guard let mean = Matrix.mean(all.map(\.matrix)) else { return [] }
    func map(_ title: String, _ matrix: Matrix, _ scale: HeatMap.Scale) -> Markup {
      HeatMap(title: title, matrix: matrix, scale: scale, isThumbnail: true).markup
    }
    let label = group.label.isEmpty ? "mean" : group.label
    var figures = [map(label, mean, HeatMap.scale(of: [mean]))]
    let errors = all.compactMap { it in it.truth.map { it.matrix.estimationError(against: $0) } }
    let differences = all.compactMap { it in it.truth.map { it.matrix - $0 } }
    if let difference = Matrix.mean(differences), let error = StudyReport.Mean(errors) {
      figures.append(
        map("difference, error \(error.text)", difference, HeatMap.difference(of: [difference])))
    }
    return figures
  }
}
