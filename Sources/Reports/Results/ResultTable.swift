public import Documents
public import Engine
public import Pipelines
public import Store

/// The results of a study: a row for each combination of what is swept, what is pooled left out.
public struct ResultTable: Sendable {
  /// A result, or the choice among points.
  public struct Column: Hashable, Sendable {
    public let spec: ResultSpec
    /// Whether it was chosen by something that needs the truth.
    public let isOracle: Bool

    /// Its name, `(oracle)` behind it if it is one.
    public var title: String { isOracle ? "\(spec.name) (oracle)" : spec.name }
  }

  /// What one result came to at the points of a row.
  public struct Cell: Sendable {
    /// In the order of the points; `nil` where the pipeline of the point has no such result.
    public let outcomes: [ResultOutcome?]

    /// The values there are.
    public var values: [Double] { outcomes.compactMap { $0?.value } }
    public var diverged: Int { outcomes.count { $0 == .diverged } }
    public var missing: Int { outcomes.count { $0?.isMissing ?? false } }
    public var spread: Spread { Spread(values) }
  }

  public struct Row: Sendable {
    /// The value of each axis of ``ResultTable/axes``.
    public let values: [Value]
    public let points: [StudyPoint]
    /// One for each column.
    public let cells: [Cell]
    /// Which value of the param that was chosen over, at each point.
    public let chosen: [Value]

    /// How many points have a result or have come to nothing.
    public var count: Int { cells.map { $0.values.count + $0.diverged }.max() ?? 0 }
  }

  /// What the study is called.
  public let title: String
  /// The swept params that have a column.
  public let axes: [String]
  /// The swept params over which values are pooled.
  public let pooled: [String]
  public let columns: [Column]
  public let rows: [Row]
  /// The choice that was made of points, and whether it is an oracle's.
  public let choice: (choice: ResultChoice, isOracle: Bool)?
  /// Every point of the study with what is the matter with it, where something is.
  public let troubles: [Trouble]
  public let pointCount: Int

  /// What keeps a point from being counted in whole.
  public struct Trouble: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      case notRun
      case partlyRun(missing: [String])
      case diverged
      case lost(output: String, isDamaged: Bool)
      case absent([String])
    }
    public let point: String
    public let kind: Kind
  }
}

extension ResolvedPipeline {
  /// What the pipeline itself calls a result of this name.
  func own(_ spec: ResultSpec) -> ResultSpec { results.first { $0.name == spec.name } ?? spec }
}

extension ResultOutcome {
  var isMissing: Bool {
    switch self {
    case .notRun, .lost, .absent: true
    case .value, .diverged: false
    }
  }
}

extension ResultTable {
  /// Reads the results of the points and pools them.
  ///
  /// - Parameters:
  ///   - title: what the study is called.
  ///   - points: of one study.
  ///   - axes: what is swept, in the order of the study.
  ///   - by: the swept params that get a column each, all others being pooled; if empty, all but `over`.
  ///   - over: the swept params that are pooled.
  ///   - isChoosing: whether the choice that the pipeline names is made, which leaves one point of those it is made of.
  ///   - store: where the metrics are.
  /// - Throws: ``ReportError``; `StoreError` when the store cannot be read.
  public init(
    title: String, points: [StudyPoint], axes: [String], by: [String] = [],
    over: [String] = ["seed"], isChoosing: Bool = true, from store: Store
  ) throws {
    var reader = ResultReader(store)
    let specs = Self.specs(of: points)
    let choice = points.first { $0.pipeline.choice != nil }?.pipeline.choice
      .flatMap { isChoosing && axes.contains($0.over) ? $0 : nil }
    let chosenBy = choice.flatMap { choice in specs.first { $0.name == choice.by } }
    let isOracle = chosenBy.map { spec in
      points.contains { Oracle.chooses(by: $0.pipeline.own(spec), in: $0.pipeline) }
    }
    var measured = try Self.measured(points, specs, by: &reader)
    let tied = choice.map { Self.axes(tiedTo: $0.over, among: axes, points) } ?? []
    self.title = title
    pointCount = points.count
    columns = specs.map { spec in
      Column(
        spec: spec,
        isOracle: (isOracle == true && Self.depends(spec, on: tied, points))
          || points.contains { Oracle.chose($0.pipeline.own(spec), in: $0.pipeline) })
    }
    self.choice = choice.map { ($0, isOracle ?? false) }
    troubles = measured.flatMap { $0.troubles(specs) }
    let shown = axes.filter { axis in
      !tied.contains(axis) && (by.isEmpty ? !over.contains(axis) : by.contains(axis))
    }
    self.axes = shown
    pooled = axes.filter { !shown.contains($0) && !tied.contains($0) }
    if let choice, let index = specs.firstIndex(where: { $0.name == choice.by }) {
      measured = Self.best(
        of: measured, choice, by: index, others: axes.filter { !tied.contains($0) })
    }
    rows = Self.grouped(measured, by: shown, columns: specs.count, choosing: choice?.over)
  }

  /// What every result came to at every point.
  ///
  /// - Throws: ``ReportError`` about a result that no point has.
  private static func measured(
    _ points: [StudyPoint], _ specs: [ResultSpec], by reader: inout ResultReader
  ) throws -> [Measured] {
    var errors = [ReportError?](repeating: nil, count: specs.count)
    var measured: [Measured] = []
    for point in points {
      var outcomes: [ResultOutcome?] = []
      for (index, spec) in specs.enumerated() {
        do {
          outcomes.append(try outcome(of: spec, at: point, by: &reader))
        } catch let error as ReportError {
          errors[index] = errors[index] ?? error
          outcomes.append(.absent)
        }
      }
      measured.append(Measured(point: point, outcomes: outcomes))
    }
    for (index, error) in errors.enumerated() {
      let isKnown = measured.contains {
        $0.outcomes[index]?.value != nil || $0.outcomes[index] == .diverged
      }
      if let error, !isKnown { throw error }
    }
    return measured
  }

  /// What a result came to at a point whose pipeline may name it differently, or not at all.
  static func outcome(
    of spec: ResultSpec, at point: StudyPoint, by reader: inout ResultReader
  ) throws -> ResultOutcome? {
    let pipeline = point.pipeline
    if let own = pipeline.results.first(where: { $0.name == spec.name }) {
      return try reader.outcome(of: own, at: point)
    }
    guard pipeline.results.isEmpty, pipeline.stages.contains(where: { $0.name == spec.stage })
    else { return nil }
    do {
      return try reader.outcome(of: spec, at: point)
    } catch ReportError.unknownFigure {
      return nil
    }
  }

  /// A point with what its results came to.
  private struct Measured {
    let point: StudyPoint
    let outcomes: [ResultOutcome?]

    func troubles(_ specs: [ResultSpec]) -> [Trouble] {
      var kinds: [Trouble.Kind] = []
      let missing = zip(specs, outcomes).filter { $1 == .notRun }.map(\.0.name)
      let isWhole = point.pipeline.stages.allSatisfy { point.records[$0.name] != nil }
      if missing.count == outcomes.compactMap({ $0 }).count, !isWhole {
        kinds.append(.notRun)
      } else if !missing.isEmpty {
        kinds.append(.partlyRun(missing: missing))
      } else if point.pipeline.results.isEmpty, !isWhole {
        // Nobody knows which headlines the others will have.
        let open = point.pipeline.stages.map(\.name).filter { point.records[$0] == nil }
        kinds.append(.partlyRun(missing: open))
      }
      let absent = zip(specs, outcomes).filter { $1 == .absent }.map(\.0.name)
      if !absent.isEmpty { kinds.append(.absent(absent)) }
      if outcomes.contains(.diverged) { kinds.append(.diverged) }
      for case .lost(let output, let isDamaged)? in outcomes.uniqued {
        kinds.append(.lost(output: output, isDamaged: isDamaged))
      }
      return kinds.map { Trouble(point: point.title, kind: $0) }
    }
  }

  /// The results that the pipelines name, in order of appearance; of one that names none what its stages report
  /// as their headlines.
  static func specs(of points: [StudyPoint]) -> [ResultSpec] {
    var specs: [ResultSpec] = []
    var names: Set<String> = []
    for point in points {
      let own = point.pipeline.results.isEmpty ? headlines(of: point) : point.pipeline.results
      for spec in own where names.insert(spec.name).inserted { specs.append(spec) }
    }
    return specs
  }

  private static func headlines(of point: StudyPoint) -> [ResultSpec] {
    point.pipeline.stages.flatMap { stage in
      (point.records[stage.name]?.figures ?? []).filter(\.isHeadline).map { figure in
        ResultSpec(
          "\(stage.name)/\(figure.name)", .figure(stage: stage.name, name: figure.name))
      }
    }
  }

  /// The axis itself, and those that go together with it: to each value of the one belongs one of the other.
  private static func axes(
    tiedTo axis: String, among axes: [String], _ points: [StudyPoint]
  ) -> [String] {
    axes.filter { other in
      let pairs = Set(points.map { [$0[axis] ?? .null, $0[other] ?? .null] })
      return Set(pairs.map { $0[0] }).count == pairs.count
        && Set(pairs.map { $0[1] }).count == pairs.count
    }
  }

  /// Whether the stage of a result is another one where these axes have another value.
  private static func depends(
    _ spec: ResultSpec, on tied: [String], _ points: [StudyPoint]
  ) -> Bool {
    var keys: [[Value]: Set<Digest>] = [:]
    for point in points {
      guard let record = point.records[point.pipeline.own(spec).stage] else { continue }
      let others = point.values.filter { !tied.contains($0.name) }.map(\.value)
      keys[others, default: []].insert(record.key)
    }
    return keys.isEmpty || keys.values.contains { $0.count > 1 }
  }

  /// Of the points that differ in nothing but the param that is chosen over, the first that is best; where none
  /// has a value, the first.
  private static func best(
    of measured: [Measured], _ choice: ResultChoice, by index: Int, others: [String]
  ) -> [Measured] {
    groups(of: measured, by: others).map { _, members in
      var best = members[0]
      for member in members.dropFirst() {
        guard let value = member.outcomes[index]?.value else { continue }
        guard let known = best.outcomes[index]?.value else {
          best = member
          continue
        }
        if choice.mode == .max ? value > known : value < known { best = member }
      }
      return best
    }
  }

  private static func grouped(
    _ measured: [Measured], by axes: [String], columns: Int, choosing over: String?
  ) -> [Row] {
    groups(of: measured, by: axes).map { values, members in
      Row(
        values: values, points: members.map(\.point),
        cells: (0..<columns).map { column in Cell(outcomes: members.map { $0.outcomes[column] }) },
        chosen: over.map { over in
          members.map { member in
            member.outcomes.contains { $0?.value != nil } ? member.point[over] ?? .null : .null
          }
        } ?? [])
    }
  }

  /// Those with the same values of the axes, in order of appearance.
  private static func groups(
    of measured: [Measured], by axes: [String]
  ) -> [(values: [Value], members: [Measured])] {
    var indices: [[Value]: Int] = [:]
    var groups: [(values: [Value], members: [Measured])] = []
    for it in measured {
      let values = axes.map { it.point[$0] ?? .null }
      if let index = indices[values] {
        groups[index].members.append(it)
      } else {
        indices[values] = groups.count
        groups.append((values, [it]))
      }
    }
    return groups
  }
}
