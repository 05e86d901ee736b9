import ArgumentParser
import Documents
import Engine
import FoundationEssentials
import Store

/// `repro accept`: keeps a result across a change that the user declares cosmetic.
struct AcceptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Keep a stage's last result though the stage has changed, and say why.",
    discussion:
      "For changes that cannot change the result, such as a comment in a script. The result says for ever that it was accepted, and 'repro rerun' still computes it afresh."
  )

  @OptionGroup var pipeline: PipelineOptions

  @Argument(help: "The stage.")
  var stage: String

  @Option(help: "Why the change does not matter.")
  var because: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard !because.allSatisfy(\.isWhitespace) else {
      throw ValidationError("--because says why the change does not matter")
    }
  }

  func run() throws {
    let accepted = try store.engine().accept(
      stage, of: try pipeline.resolve(), folder: pipeline.folder, because: because,
      options: Machine.options(), now: Date().timeIntervalSince1970)
    let record = accepted.record
    format.print(Document.record(record, name: stage)) {
      let from = record.acceptances.last?.from
      let changes = Display.differences(accepted.differences).map { "  \($0)" }
      return
        ([
          "\(stage) keeps result \(from.map(Display.short) ?? "?"), now \(Display.short(record.key)), across:"
        ]
        + changes).joined(separator: "\n")
    }
  }
}
