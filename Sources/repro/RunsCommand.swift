import ArgumentParser
import Documents
import Store

/// `repro runs`: the runs on record.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List the recorded runs, newest first.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let runs = try store.open().runs()
    format.print(.list(runs.map(Document.run))) {
      guard !runs.isEmpty else { return "no runs yet; start one with 'repro run PIPELINE'" }
      var table = Table(
        ["run", "pipeline", "stages", "last executed (UTC)", "time", "times"],
        rightAligned: [2, 4, 5])
      for run in runs {
        let last = run.executions.max { $0.startedAt < $1.startedAt }
        table.rows.append([
          Display.short(run.hash), run.name, "\(run.records.count)",
          last.map { Display.time($0.startedAt) } ?? "",
          last.map { Display.duration($0.seconds) } ?? "", "\(run.executions.count)",
        ])
      }
      return table.text
    }
  }
}
