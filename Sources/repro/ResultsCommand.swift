import ArgumentParser
import Documents
import Engine
import FoundationEssentials
import Pipelines
import Reports
import Store

/// `repro results`: what a study came to, as a table.
struct ResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "Show the results of a study as a table: mean ± population deviation over the seeds.",
    discussion:
      "Of a pipeline all its points are shown, of runs those: what is swept is whatever they differ in. The results are those that the pipeline names under 'results:', or else the headline figures of its stages. Computes nothing."
  )

  @Argument(help: "A pipeline file, or the hashes of runs.", completion: .file())
  var studies: [String]

  @OptionGroup var overrides: OverrideOptions

  @Option(
    help: ArgumentHelp(
      "Pool over everything that is swept but this param; may be repeated.", valueName: "param"))
  var by: [String] = []

  @Option(
    help: ArgumentHelp(
      "Pool over this param; may be repeated. Default: seed.", valueName: "param"))
  var over: [String] = []

  @Flag(
    help: "Print the single values, too: 'k runs: mean/deviation, values'; as CSV a line for each.")
  var all = false

  @OptionGroup var store: StoreOptions

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, csv, markdown, latex }

  @Option(help: "How to print: text, json, csv, markdown or latex.")
  var format: Format = .text

  func validate() throws {
    if studies.isEmpty { throw ValidationError("name a pipeline file, or runs") }
    if !by.isEmpty, !over.isEmpty { throw ValidationError("--by and --over exclude each other") }
  }

  func run() throws {
    let engine = try store.engine()
    let study = try StudyArgument(studies, overrides).read(by: engine)
    for (option, names) in [("--by", by), ("--over", over)] {
      for name in names where !study.axes.contains(name) {
        throw ReportError.unknownAxis(name, option: option, known: study.axes)
      }
    }
    let table = try ResultTable(
      title: study.title, points: study.points, axes: study.axes, by: by,
      over: over.isEmpty ? ["seed"] : over, from: engine.store)
    show(table, study)
    if table.hasDamage { throw ExitStatus.Exit(status: .damagedStore) }
  }

  private func show(_ table: ResultTable, _ study: StudyOnRecord) {
    let notes = table.notes(toRun: study.command)
    let isEmpty = table.rows.allSatisfy { $0.count == 0 }
    let style = ResultTable.Style(showsAll: all)
    switch format {
    case .json: return Console.print(table.document.json(pretty: true))
    case .text:
      let text = isEmpty ? "no results yet" : Table(table.text(style)).text
      return Console.print(
        ([text] + (notes.isEmpty ? [] : [""]) + notes.map(printable))
          .joined(separator: "\n"))
    case .csv: Console.print(printable(table.csv(all: all)))
    case .markdown: Console.print(printable(table.text(style).markdown))
    case .latex: Console.print(printable(table.text(style).latex))
    }
    for note in notes { Console.sayError(printable(note)) }
  }

  private func printable(_ note: String) -> String {
    Console.printable(lines: note, most: .max, limit: .max)
  }
}

extension Table {
  init(_ table: TextTable) {
    self.init(table.header, rightAligned: table.rightAligned)
    rows = table.rows
  }
}
