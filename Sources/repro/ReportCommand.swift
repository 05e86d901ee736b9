import ArgumentParser
import Documents
import Engine
import FoundationEssentials
import Pipelines
import Reports
import Store

/// `repro report`: a run or a study as a page.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract:
      "Write a page about a run or a study: results, stages, curves, matrices, configuration, provenance.",
    discussion:
      "One HTML file that needs nothing else and asks for nothing. Of a pipeline all its points are shown; several runs are shown as the points of a study: what differs among them, and their figures over it."
  )

  @Argument(help: "A pipeline file, or the hashes of runs.", completion: .file())
  var studies: [String]

  @OptionGroup var overrides: OverrideOptions

  @Option(
    name: .shortAndLong, help: "The file to write.", completion: .file(extensions: ["html"]))
  var output = "report.html"

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    if studies.isEmpty { throw ValidationError("name a pipeline file, or runs") }
  }

  func run() throws {
    let engine = try store.engine()
    let study = try StudyArgument(studies, overrides).read(by: engine)
    let reader = ReportReader(engine.store)
    let reports = try study.points.map { try report(of: $0, by: reader, engine.store) }
    guard reports.contains(where: { $0 != nil }) else {
      let fix = study.command.map { ": repro run \($0)" } ?? ""
      throw ValidationError("there is nothing to report; nothing was run yet\(fix)")
    }
    let html: String
    if reports.count == 1, let only = reports[0] {
      html = RunPage(only).html
    } else {
      html = StudyPage(try studyReport(study, reports, engine.store)).html
    }
    do {
      try html.write(toFile: output, atomically: true, encoding: .utf8)
    } catch {
      throw ValidationError("cannot write '\(output)'")
    }
    let document: Value = [
      "file": .string(output), "size": .int(Int64(html.utf8.count)),
      "runs": .list(study.points.compactMap { $0.runHash.map { .string($0.description) } }),
    ]
    format.print(document) { "\(output)  \(Display.bytes(html.utf8.count))" }
  }

  /// What is on record of a point; `nil` if nothing is.
  private func report(
    of point: StudyPoint, by reader: ReportReader, _ store: Store
  ) throws -> RunReport? {
    if point.records.isEmpty { return nil }
    do {
      if let hash = point.runHash {
        return try reader.report(of: store.run(matching: hash.description))
      }
    } catch let error as StoreError where error.isUnknown {
      // Its results are there, but as a whole it was never run.
    }
    return try reader.report(of: point.pipeline, records: point.records)
  }

  private func studyReport(
    _ study: StudyOnRecord, _ reports: [RunReport?], _ store: Store
  ) throws -> StudyReport {
    let chosen = try ResultTable(
      title: study.title, points: study.points, axes: study.axes, from: store)
    let table = try ResultTable(
      title: study.title, points: study.points, axes: study.axes, isChoosing: false, from: store)
    let figures = try figures(of: study, store)
    let points = zip(study.points, reports).enumerated().map { number, point in
      StudyReport.Point(
        values: Dictionary(
          point.0.values.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
        report: point.1,
        failure: point.1 != nil && point.0.records.count < point.0.pipeline.stages.count
          ? "not run to the end" : nil,
        figures: figures[number])
    }
    var page = StudyReport(name: study.title, axes: study.axes, points: points)
    let note = chosen.notes(toRun: study.command).joined(separator: " ")
    page.results = [Self.table("Results", table, note: chosen.choice == nil ? note : "")]
    if let choice = chosen.choice?.choice {
      page.results.append(Self.table("The best \(choice.over) by \(choice.by)", chosen, note: note))
    }
    page.commands =
      study.command.map { ["repro run \($0)"] }
      ?? study.points.compactMap { $0.runHash.map { "repro rerun \(Display.short($0))" } }
    return page
  }

  private static func table(_ title: String, _ table: ResultTable, note: String) -> ReportTable {
    let shown = table.text()
    return ReportTable(
      title: title, columns: shown.header, rows: shown.rows, numeric: shown.rightAligned, note: note
    )
  }

  /// What each point came to, by the names of the results.
  private func figures(
    of study: StudyOnRecord, _ store: Store
  ) throws -> [[(name: String, value: Double)]] {
    try study.points.map { point in
      let alone = try ResultTable(
        title: "", points: [point], axes: study.axes, isChoosing: false, from: store)
      return zip(alone.columns, alone.rows.first?.cells ?? []).compactMap { column, cell in
        if cell.diverged > 0 { return (column.title, Double.nan) }
        return cell.values.first.map { (column.title, $0) }
      }
    }
  }
}
