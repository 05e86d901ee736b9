import Documents
import Engine
import Store

extension FormatOptions {
  /// Prints what became of a run.
  func print(_ outcome: RunOutcome, since occasion: Occasion) {
    let seconds = max(0, Machine.now - occasion.startedAt)
    print(document(outcome)) { text(outcome, seconds: seconds) }
  }

  private func text(_ outcome: RunOutcome, seconds: Double) -> String {
    let table = Table.headlines(outcome.stages.map { ($0.name, $0.record) })
    let figures = table.map { "\n\($0.text)\n\n" } ?? ""
    let hash = Display.short(outcome.runHash)
    let program = Console.printable(CommandLine.arguments.first ?? "repro")
    return """
      \(figures)run \(hash): \(outcome.executed) stages executed, \(outcome.reused) reused, \
      \(Display.duration(seconds))
        what is in it               \(program) show \(hash)
        the same to the last bit?   \(program) rerun \(hash)
      """
  }

  private func document(_ outcome: RunOutcome) -> Value {
    [
      "run": .string(outcome.runHash.description), "name": .string(outcome.name),
      "executed": .int(Int64(outcome.executed)), "reused": .int(Int64(outcome.reused)),
      "stages": .list(
        outcome.stages.map { stage in
          guard case .map(var members) = Document.record(stage.record, name: stage.name) else {
            return .null
          }
          members["status"] = stage.wasReused ? "reused" : "executed"
          members["seconds"] = .float(stage.seconds)
          return .map(members)
        }),
    ]
  }
}
