import ArgumentParser
import Documents
import Store

/// `repro cache ls`: the recorded results of stages.
struct CacheLsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List the recorded results: stage, kind, size, age, and whether they are evicted.")

  enum Order: String, ExpressibleByArgument, CaseIterable { case age, size, name }

  @Option(help: "Only results of this stage, as 'stage' or 'pipeline/stage'.")
  var stage: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "Only results of this run: its hash, or the beginning of it.", valueName: "hash"))
  var runHash: String?

  @Option(help: ArgumentHelp("Only results larger than this, such as 10MiB.", valueName: "size"))
  var larger: ByteCount?

  @Option(help: ArgumentHelp("Only results older than this, such as 12h or 30d.", valueName: "age"))
  var older: Age?

  @Option(help: "The order: age (newest first), size (largest first) or name.")
  var sort: Order = .name

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    let hash = try runHash.map { try store.run(matching: $0).hash }
    let now = Machine.now
    let results = try store.results(ofRun: hash).filter { isAsked($0, now: now) }.sorted(
      by: isBefore)
    let pins = try PinNames(store)
    format.print(.list(results.map { Document.summary($0, pins: pins) })) {
      guard !results.isEmpty else { return "no results" }
      var table = Table(
        ["key", "stage", "kind", "size", "age", "state", "pins"], rightAligned: [3, 4])
      for it in results {
        table.rows.append([
          Display.short(it.key), it.stage, it.kind.isEmpty ? "?" : it.kind,
          Display.bytes(it.sizeInBytes), Display.age(of: it.madeAt, now: now), Display.state(it),
          pins(.result(it.key)).joined(separator: ", "),
        ])
      }
      return table.text
    }
  }

  private func isAsked(_ it: ResultSummary, now: Double) -> Bool {
    if let stage, it.stage != stage, !it.stage.hasSuffix("/\(stage)") { return false }
    if let larger, it.sizeInBytes <= larger.bytes { return false }
    if let older, now - it.madeAt <= older.seconds { return false }
    return true
  }

  private func isBefore(_ left: ResultSummary, _ right: ResultSummary) -> Bool {
    switch sort {
    case .age: (-left.madeAt, left.key) < (-right.madeAt, right.key)
    case .size: (-left.sizeInBytes, left.key) < (-right.sizeInBytes, right.key)
    case .name: (left.stage, left.kind, left.key) < (right.stage, right.kind, right.key)
    }
  }
}

extension Document {
  static func summary(_ it: ResultSummary, pins: PinNames) -> Value {
    [
      "key": .string(it.key.description), "stage": .string(it.stage), "kind": .string(it.kind),
      "size": .int(Int64(it.sizeInBytes)), "made-at": .float(it.madeAt),
      "seconds": .float(it.seconds), "state": .string(Display.state(it)),
      "pins": .list(pins(.result(it.key)).map(Value.string)),
    ]
  }
}
