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
    func table(isChoosing: Bool) throws -> ResultTable {
      try ResultTable(
        title: study.title, points: study.points, axes: study.axes, by: by,
        over: over.isEmpty ? ["seed"] : over, isChoosing: isChoosing, from: engine.store)
    }
    let choosing = try table(isChoosing: true)
    let all = choosing.choice == nil ? choosing : try table(isChoosing: false)
    show(all, choosing.choice == nil ? nil : choosing, study)
    if all.hasDamage { throw ExitStatus.Exit(status: .damagedStore) }
  }

  /// Prints the table, and behind it what was chosen of it.
  private func show(_ table: ResultTable, _ chosen: ResultTable?, _ study: StudyOnRecord) {
    let notes = (chosen ?? table).notes(toRun: study.command)
    let style = ResultTable.Style(showsAll: all)
    let tables = [table] + (chosen.map { [$0] } ?? [])
    func print(_ text: (ResultTable) -> String) {
      Console.print(printable(tables.map(text).joined(separator: "\n\n")))
    }
    switch format {
    case .json: return Console.print(document(table, chosen).json(pretty: true))
    case .text:
      let text = tables.map { it in
        it.rows.allSatisfy { $0.count == 0 } ? "no results yet" : Table(it.text(style)).text
      }
      return Console.print(
        (text + (notes.isEmpty ? [] : [notes.map(printable).joined(separator: "\n")]))
          .joined(separator: "\n\n"))
    case .csv: print { $0.csv(all: all) }
    case .markdown: print { $0.text(style).markdown }
    case .latex: print { $0.text(style).latex }
    }
    for note in notes { Console.sayError(printable(note)) }
  }

  private func document(_ table: ResultTable, _ chosen: ResultTable?) -> Value {
    guard let chosen, case .map(var members) = table.document else { return table.document }
    members["chosen"] = chosen.document
    return .map(members)
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
