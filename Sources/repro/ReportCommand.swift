import ArgumentParser
import Documents
import FoundationEssentials
import Reports
import Store

/// `repro report`: a run as a page.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page about a run: stages, curves, matrices, configuration, provenance.",
    discussion:
      "One HTML file that needs nothing else and asks for nothing. Several runs are shown as the points of a study: what differs among them, and their figures over it."
  )

  @Argument(help: "The hash of a run, or the beginning of it; of several, a study.")
  var runs: [String]

  @Option(
    name: .shortAndLong, help: "The file to write.", completion: .file(extensions: ["html"]))
  var output = "report.html"

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    let reader = ReportReader(store)
    let reports = try runs.map { try reader.report(of: store.run(matching: $0)) }
    let html =
      reports.count == 1 ? RunPage(reports[0]).html : StudyPage(StudyReport(runs: reports)).html
    guard (try? html.write(toFile: output, atomically: true, encoding: .utf8)) != nil else {
      throw ValidationError(
        "cannot write '\(output)'; name a file in a folder that is there, with -o")
    }
    let document: Value = [
      "file": .string(output), "size": .int(Int64(html.utf8.count)),
      "runs": .list(reports.map { .string($0.hash?.description ?? "") }),
    ]
    format.print(document) { "\(output)  \(Display.bytes(html.utf8.count))" }
  }
}
