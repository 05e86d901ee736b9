import ArgumentParser
import Documents
import Engine
import Store

/// `repro diff`: how two runs differ.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Say how two runs differ: what went into each stage, what came out, and the figures.",
    discussion:
      "Of trainings the first epoch and parameter that parted are named, by their traces; of any output the first file that differs, and in it the first array, field, cell or member."
  )

  @Argument(help: "The hash of the first run, or the beginning of it.")
  var first: String

  @Argument(help: "The hash of the second run, or the beginning of it.")
  var second: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    let stages = try store.differences(
      between: try store.run(matching: first), and: try store.run(matching: second))
    format.print(.list(stages.map(document))) { text(stages) }
  }

  private func text(_ stages: [StageDifference]) -> String {
    let different = stages.filter { !$0.isSame }
    let summary =
      different.isEmpty
      ? "no difference: all \(stages.count) stages are the same"
      : "\(different.count) of \(stages.count) stages differ"
    guard !different.isEmpty else { return summary }
    var table = Table(["stage", "difference"])
    for stage in different {
      var name = stage.name
      for line in lines(of: stage) {
        table.rows.append([name, line])
        name = ""
      }
    }
    return "\(table.text)\n\n\(summary)"
  }

  private func lines(of stage: StageDifference) -> [String] {
    switch stage.verdict {
    case .same: []
    case .onlyInFirst: ["only in the first run"]
    case .onlyInSecond: ["only in the second run"]
    case .different(let preimage, let outputs, let areSame, let figures):
      Display.differences(preimage) + lines(of: outputs, areSame: areSame)
        + figures.map { figure in
          "\(figure.name) \(figure.old.map(Display.figure) ?? "(absent)") → "
            + (figure.new.map(Display.figure) ?? "(absent)")
        }
    }
  }

  private func lines(of outputs: [OutputDifference], areSame: Bool?) -> [String] {
    switch areSame {
    case true: ["came out the same"]
    case false: Display.differences(outputs, of: ("in the first", "in the second"))
    case nil: ["what came out is not on record any more"]
    }
  }

  private func document(_ stage: StageDifference) -> Value {
    var members: [String: Value] = ["name": .string(stage.name), "same": .bool(stage.isSame)]
    switch stage.verdict {
    case .same: break
    case .onlyInFirst: members["only-in"] = "first"
    case .onlyInSecond: members["only-in"] = "second"
    case .different(let preimage, let outputs, let areSame, let figures):
      members["same-outputs"] = areSame.map(Value.bool) ?? .null
      members["preimage"] = .list(preimage.map(Document.difference))
      members["outputs"] = .list(
        outputs.map { output in
          [
            "output": .string(output.output), "item": output.item.map(Value.string) ?? .null,
            "first": Document.content(output.old), "second": Document.content(output.new),
            "difference": .string(
              Display.difference(output, of: ("in the first", "in the second"))),
          ]
        })
      members["figures"] = .list(
        figures.map { figure in
          [
            "name": .string(figure.name), "first": figure.old.map { .float($0.value) } ?? .null,
            "second": figure.new.map { .float($0.value) } ?? .null,
          ]
        })
    }
    return .map(members)
  }
}
