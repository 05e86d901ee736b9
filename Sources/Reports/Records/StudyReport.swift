package import Documents
import Engine
import Store

/// What a report shows of many runs of one pipeline, which differ in some values.
package struct StudyReport: Sendable {
  /// A value that is swept: a param, a stage's field, or `seed`.
  package struct Axis: Hashable, Sendable {
    package let name: String
    /// Numbers in their order, anything else as it came.
    package let values: [Value]
  }

  package struct Point: Sendable {
    /// By axis; `nil` where the point has none.
    package let values: [String: Value]
    /// What there is of it; `nil` if nothing is.
    package let report: RunReport?
    /// Why it was not finished.
    package let failure: String?
    /// What it came to; not a number where it diverged.
    package let figures: [(name: String, value: Double)]

    /// Without `figures` those are the headlines of its stages.
    package init(
      values: [String: Value], report: RunReport?, failure: String? = nil,
      figures: [(name: String, value: Double)]? = nil
    ) {
      self.values = values
      self.report = report
      self.failure = failure
      self.figures =
        figures
        ?? (report?.stages ?? []).flatMap { stage in
          stage.record.figures.filter(\.isHeadline).map { ("\(stage.name): \($0.name)", $0.value) }
        }
    }
  }

  package let name: String
  package let axes: [Axis]
  package let points: [Point]
  /// What the pipeline names as its results, and what is chosen of it; none for the headlines of all stages.
  package var results: [ReportTable] = []
  /// What repeats the study.
  package var commands: [String] = []

  /// `axes` are their names, in the order in which they are shown.
  package init(name: String, axes names: [String], points: [Point]) {
    self.name = name
    self.points = points
    axes = names.map { name in
      Axis(name: name, values: Self.ordered(points.compactMap { $0.values[name] }))
    }
  }

  /// Runs as the points of a study: the axes are the params, the seed and the stages' fields in which they differ.
  package init(runs: [RunReport]) {
    let fields = runs.map(Self.fields)
    var names: [String] = []
    for known in fields {
      for (name, _) in known where !names.contains(name) { names.append(name) }
    }
    let values = fields.map { Dictionary($0, uniquingKeysWith: { first, _ in first }) }
    var axes: [String] = []
    for name in names {
      let column = values.map { $0[name] }
      guard Set(column).count > 1 else { continue }
      // What follows from an axis that is there already is no axis of its own.
      let follows = axes.contains { axis in
        let pairs = Set(zip(values, column).map { [$0[axis] ?? .null, $1 ?? .null] as [Value] })
        return pairs.count == Set(pairs.map { $0[0] }).count
      }
      if !follows { axes.append(name) }
    }
    self.init(
      name: runs.first?.name ?? "", axes: axes,
      points: zip(runs, values).map { run, values in
        Point(values: values.filter { axes.contains($0.key) }, report: run)
      })
    commands = runs.compactMap { run in run.hash.map { "repro rerun \($0.description.prefix(12))" }
    }
  }

  /// Params first, then the seed, then what stages have of their own.
  private static func fields(of run: RunReport) -> [(String, Value)] {
    let resolved = run.origin?.resolved
    var fields = resolved?["params"].map { $0.leaves() } ?? []
    if let seed = resolved?["seed"] { fields.append(("seed", seed)) }
    for stage in run.stages {
      fields += stage.config.leaves().map { ("stages.\(stage.name).\($0.0)", $0.1) }
      if let seed = stage.seed {
        fields.append(("stages.\(stage.name).seed", .int(Int64(clamping: seed))))
      }
    }
    return fields.map { ($0.0.hasPrefix("params.") ? String($0.0.dropFirst(7)) : $0.0, $0.1) }
  }

  private static func ordered(_ values: [Value]) -> [Value] {
    var distinct: [Value] = []
    for value in values where !distinct.contains(value) { distinct.append(value) }
    let numbers = distinct.compactMap(\.number)
    guard numbers.count == distinct.count else { return distinct }
    return distinct.sorted { ($0.number ?? 0) < ($1.number ?? 0) }
  }
}

extension Value {
  /// Every field of a map with its path; a list is one field.
  func leaves(below path: String = "") -> [(String, Value)] {
    guard case .map(let members) = self else { return [(path, self)] }
    return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.flatMap {
      $1.leaves(below: path.isEmpty ? $0 : "\(path).\($0)")
    }
  }
}

/// A table of text that is computed elsewhere.
package struct ReportTable: Sendable {
  package let title: String
  package let columns: [String]
  package let rows: [[String]]
  /// Columns of numbers.
  package let numeric: Set<Int>
  package let note: String

  package init(
    title: String, columns: [String], rows: [[String]], numeric: Set<Int> = [], note: String = ""
  ) {
    self.title = title
    self.columns = columns
    self.rows = rows
    self.numeric = numeric
    self.note = note
  }
}
