import Documents
public import Engine
import Learning
public import Pipelines
public import Store

/// What a result came to at one point.
public enum ResultOutcome: Hashable, Sendable {
  case value(Double)
  /// There is no number, because training came upon infinities.
  case diverged
  /// The stage has no result yet.
  case notRun
  /// The stage has a result, but without this figure, though other points have it.
  case absent
  /// The metrics were given up for their space, or are damaged, as the second says.
  case lost(output: String, isDamaged: Bool)

  public var value: Double? { if case .value(let it) = self { it } else { nil } }
}

/// Reads results from what is on record.
public struct ResultReader {
  private let store: Store
  /// Metrics that several results are read from, or several points share.
  private var read: [Digest: [Value]] = [:]

  public init(_ store: Store) { self.store = store }

  /// What the result came to.
  ///
  /// - Throws: ``ReportError`` when there is no such figure; `StoreError` when the store cannot be read.
  public mutating func outcome(
    of spec: ResultSpec, at point: StudyPoint
  ) throws -> ResultOutcome {
    guard let record = point.records[spec.stage] else { return .notRun }
    if hasDiverged(above: spec.stage, of: point) { return .diverged }
    switch spec.source {
    case .figure(let stage, let name):
      return try figure(name, of: stage, in: record, spec)
    case .metric(let stage, let output, let name, let row):
      let place = "\(stage).\(output)"
      guard let content = record.outputs[output] else {
        throw ReportError.unknownOutput(place, result: spec.name)
      }
      if record.isEvicted { return .lost(output: place, isDamaged: false) }
      do {
        let rows = try metrics(content, place)
        return try value(of: name, at: row, in: rows, place, spec)
      } catch let error as StoreError where error.isDamage {
        return .lost(output: place, isDamaged: true)
      }
    }
  }

  /// Whether the stage rests on a training that diverged: on more of it than its metrics, which tell just that.
  private mutating func hasDiverged(above stage: String, of point: StudyPoint) -> Bool {
    let stages = Dictionary(
      point.pipeline.stages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var open = [stage]
    var seen = Set(open)
    while let reader = open.popLast().flatMap({ stages[$0] }) {
      for case .output(let source, let output, _) in reader.inputs.values
      where output != "metrics" && seen.insert(source).inserted {
        if point.records[source].map({ hasDiverged($0) }) ?? false { return true }
        open.append(source)
      }
    }
    return false
  }

  private mutating func hasDiverged(_ record: Record) -> Bool {
    if record.figures.contains(where: { $0.name == "diverged/epoch" }) { return true }
    guard !record.isEvicted, let content = record.outputs["metrics"],
      let rows = try? metrics(content, "metrics")
    else { return false }
    return MetricRows(rows: rows).hasDiverged
  }

  private func figure(
    _ name: String, of stage: String, in record: Record, _ spec: ResultSpec
  ) throws -> ResultOutcome {
    let figures = record.figures
    if let figure = figures.last(where: { $0.name == name }) {
      return figure.value.isFinite ? .value(figure.value) : .diverged
    }
    if figures.contains(where: { $0.name == "diverged/epoch" }) { return .diverged }
    throw ReportError.unknownFigure(
      name, stage: stage, result: spec.name, known: figures.map(\.name).uniqued)
  }

  private func value(
    of metric: String, at row: RowChoice, in rows: [Value], _ place: String, _ spec: ResultSpec
  ) throws -> ResultOutcome {
    do {
      return .value(try MetricRows(rows: rows).value(of: metric, at: row))
    } catch MetricRows.Absence.diverged {
      return .diverged
    } catch MetricRows.Absence.unknownMetric(let metric, let known) {
      throw ReportError.unknownMetric(metric, output: place, result: spec.name, known: known)
    } catch MetricRows.Absence.noEpoch(let epoch, let last) {
      throw ReportError.noEpoch(epoch, output: place, result: spec.name, last: last)
    } catch MetricRows.Absence.noRows {
      throw ReportError.notMetrics(place, result: spec.name)
    }
  }

  private mutating func metrics(_ content: Content, _ place: String) throws -> [Value] {
    if let known = read[content.digest] { return known }
    guard content.kind == .file else { throw ReportError.notMetrics(place, result: nil) }
    let rows: [Value]
    do {
      rows = try JSONLines.read(store.bytes(of: content.digest), path: place)
    } catch is FormatError {
      throw ReportError.notMetrics(place, result: nil)
    }
    guard rows.allSatisfy({ $0.map != nil }) else {
      throw ReportError.notMetrics(place, result: nil)
    }
    read[content.digest] = rows
    return rows
  }
}
