package import Documents
import Engine
import Store

extension StudyReport {
  /// The points that differ in nothing but the seed.
  package struct Group {
    /// One for each axis but the seed.
    package let values: [Value?]
    package let points: [Point]

    /// `noise.rate 0.2, noise.type pair`; empty where nothing but the seed is swept.
    package let label: String
  }

  /// A mean and a population deviation, over what is finite.
  package struct Mean {
    package let spread: Spread
    /// How many were not finite, and are not in the mean.
    package let diverged: Int

    /// `nil` where nothing is finite.
    package init?(_ all: [Double]) {
      let values = all.filter(\.isFinite)
      guard !values.isEmpty else { return nil }
      spread = Spread(values)
      diverged = all.count - values.count
    }

    package var value: Double { spread.mean }
    package var deviation: Double { spread.populationDeviation }

    package var text: String {
      let deviation = spread.count > 1 ? " ± \(NumberText.figure(deviation))" : ""
      return NumberText.figure(value) + deviation + (diverged > 0 ? " (\(diverged) diverged)" : "")
    }
  }

  package var sweptAxes: [Axis] { axes.filter { $0.name != "seed" } }

  /// In the order of the axes' values, the first axis slowest.
  package var groups: [Group] {
    let axes = sweptAxes
    func place(_ point: Point) -> [Int] {
      axes.map { axis in point.values[axis.name].flatMap { axis.values.firstIndex(of: $0) } ?? -1 }
    }
    var members: [[Int]: [Point]] = [:]
    for point in points { members[place(point), default: []].append(point) }
    return members.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, points in
      let values = zip(axes, key).map { axis, index -> Value? in
        index < 0 ? Optional.none : axis.values[index]
      }
      let label = zip(axes, values).compactMap { axis, value -> String? in
        value.map { (it: Value) in "\(axis.name) \(it.words)" }
      }
      return Group(values: values, points: points, label: label.joined(separator: ", "))
    }
  }

  /// The groups as one stage sees them: those whose points share its results are one, called by the values that tell
  /// it from the others.
  package func groups(of stage: String) -> [Group] {
    var members: [[Digest?]: [Group]] = [:]
    var order: [[Digest?]] = []
    for group in groups {
      let keys = group.points.map { $0.report?[stage]?.record.key }
      // Of what was not run there is nothing to show.
      if keys.allSatisfy({ $0 == nil }) { continue }
      if members[keys] == nil { order.append(keys) }
      members[keys, default: []].append(group)
    }
    let axes = sweptAxes
    let telling = axes.indices.filter { axis in
      members.values.allSatisfy { Set($0.map { $0.values[axis] }).count == 1 }
    }
    return order.compactMap { keys in
      members[keys]?.first.map { first in
        let label = telling.compactMap { axis in
          first.values[axis].map { "\(axes[axis].name) \($0.words)" }
        }
        return Group(
          values: first.values, points: first.points, label: label.joined(separator: ", "))
      }
    }
  }

  /// The names of all points' figures, in order of appearance.
  package var figureNames: [String] {
    var names: [String] = []
    for figure in points.flatMap(\.figures) where !names.contains(figure.name) {
      names.append(figure.name)
    }
    return names
  }

  /// The headlines over the swept values: mean, deviation and number of seeds.
  package var headlines: ReportTable {
    let names = figureNames
    let (axes, counted) = (sweptAxes, points.count > groups.count)
    let rows = groups.map { group in
      let finished = group.points.count { $0.isFinished }
      return group.values.map { $0?.words ?? "" }
        + (counted
          ? ["\(finished)" + (finished < group.points.count ? " of \(group.points.count)" : "")]
          : [])
        + names.map { name in
          let hasDiverged = group.points.contains { $0.figure(name)?.isFinite == false }
          return group.mean(name)?.text ?? (hasDiverged ? "diverged" : "")
        }
    }
    let columns =
      axes.map(\.name) + (counted ? ["n"] : []) + names
    return ReportTable(
      title: "Headline figures", columns: columns, rows: rows,
      numeric: Set(axes.count..<columns.count),
      note: counted
        ? "Mean ± population deviation over n points that differ in the seed alone." : "")
  }
}

extension StudyReport.Point {
  package var isFinished: Bool { failure == nil && report != nil }

  package func figure(_ name: String) -> Double? { figures.first { $0.name == name }?.value }

  /// `seed 1, noise.rate 0.2`.
  package func label(_ axes: [StudyReport.Axis]) -> String {
    axes.compactMap { axis in values[axis.name].map { "\(axis.name) \($0.words)" } }
      .joined(separator: ", ")
  }
}

extension StudyReport.Group {
  package func mean(_ figure: String) -> StudyReport.Mean? {
    StudyReport.Mean(points.compactMap { $0.figure(figure) })
  }

  /// Mean and deviation of a column at each of the epochs.
  package func curve(
    _ stage: String, _ column: String, epochs: [Int]
  ) -> (values: [Double?], spread: [Double?]) {
    let rows = points.compactMap { point -> [Int: Double]? in
      guard let metrics = point.report?[stage]?.metrics, let column = metrics[column] else {
        return nil
      }
      let pairs = zip(metrics.epochs, column.values).compactMap { epoch, value in
        value.map { (epoch, $0) }
      }
      return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
    let means = epochs.map { epoch in StudyReport.Mean(rows.compactMap { $0[epoch] }) }
    return (means.map { $0?.value }, means.map { $0?.deviation })
  }
}
