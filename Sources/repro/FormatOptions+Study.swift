import Documents
import Engine
import Pipelines
import Reports
import Store

extension FormatOptions {
  /// Prints what became of a study, and its results.
  ///
  /// `command` is how the study was named on the command line.
  func print(
    _ outcome: StudyOutcome, _ results: ResultTable?, command: String, since occasion: Occasion
  ) {
    let seconds = max(0, Machine.now - occasion.startedAt)
    let program = Console.printable(CommandLine.arguments.first ?? "repro")
    let study = Console.printable(command, limit: 2000)
    print(Self.document(outcome)) {
      let done = outcome.points.count { $0.run != nil }
      let open = outcome.points.count - done
      let isEmpty = results?.rows.allSatisfy { $0.count == 0 } ?? true
      let table = isEmpty ? "" : results.map { "\(Table($0.text()).text)\n\n" } ?? ""
      let missing = open > 0 ? ", \(open) without a result" : ""
      return """
        \(table)\(done) of \(outcome.points.count) points done\(missing): \(outcome.executed) \
        stages executed, \(outcome.reused) reused, \(Display.duration(seconds))
          the single values   \(program) results \(study) --all
          as a page           \(program) report \(study) -o report.html
        """
    }
  }

  private static func document(_ outcome: StudyOutcome) -> Value {
    [
      "name": .string(outcome.study.name), "executed": .int(Int64(outcome.executed)),
      "reused": .int(Int64(outcome.reused)),
      "points": .list(
        outcome.points.map { point in
          let values = zip(outcome.study.axes, point.values).map { ($0.name, $1) }
          return [
            "values": .map(Dictionary(values, uniquingKeysWith: { first, _ in first })),
            "run": point.run.map { .string($0.runHash.description) } ?? .null,
          ]
        }),
    ]
  }
}
