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
    let store = try store.open()
    let pins = try PinNames(store)
    try format.print(.list(try store.runs().map { document($0, pins) })) {
      let runs = try store.runSummaries()
      guard !runs.isEmpty else { return "no runs yet; start one with 'repro run PIPELINE'" }
      var table = Table(
        [
          "run", "pipeline", "stages", "last executed (UTC)", "time", "times", "bit-identical",
          "pins",
        ], rightAligned: [2, 4, 5])
      for run in runs {
        table.rows.append([
          Display.short(run.hash), run.name, "\(run.stages)",
          run.startedAt.map { Display.time($0) } ?? "",
          run.seconds.map { Display.duration($0) } ?? "", "\(run.executions)",
          reruns(of: run),
          pins(.run(run.hash)).joined(separator: ", "),
        ])
      }
      return table.text
    }
  }

  private func reruns(of run: RunSummary) -> String {
    if run.reruns == 0 { return "" }
    let declared = run.declaredReruns > 0 ? ", \(run.declaredReruns) as declared" : ""
    return "\(run.sameReruns) of \(run.reruns)\(declared)"
  }

  private func document(_ run: Run, _ pins: PinNames) -> Value {
    guard case .map(var members) = Document.run(run) else { return .null }
    members["pins"] = .list(pins(.run(run.hash)).map(Value.string))
    return .map(members)
  }
}
