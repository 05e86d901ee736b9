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
  var sort: Order = .age

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    let hash = try runHash.map { try store.run(matching: $0).hash }
    let now = Machine.now
    let all = try store.results(ofRun: hash)
    let asked = filter(now: now)
    let order = sort
    // Places are lighter to sort than summaries.
    let places = all.indices.filter { asked(all[$0]) }
      .sorted { Self.isBefore(all[$0], all[$1], by: order) }
    let results = places.lazy.map { all[$0] }
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

  /// What the options ask for, read once: there may be a hundred thousand results.
  private func filter(now: Double) -> (ResultSummary) -> Bool {
    let (stage, bytes, seconds) = (stage, larger?.bytes, older?.seconds)
    return { it in
      if let stage, it.stage != stage, !it.stage.hasSuffix("/\(stage)") { return false }
      if let bytes, it.sizeInBytes <= bytes { return false }
      if let seconds, now - it.madeAt <= seconds { return false }
      return true
    }
  }

  private static func isBefore(
    _ left: ResultSummary, _ right: ResultSummary, by order: Order
  ) -> Bool {
    switch order {
    case .age where left.madeAt != right.madeAt: left.madeAt > right.madeAt
    case .size where left.sizeInBytes != right.sizeInBytes: left.sizeInBytes > right.sizeInBytes
    case .name where left.stage != right.stage: left.stage < right.stage
    case .name where left.kind != right.kind: left.kind < right.kind
    case .age, .size, .name: left.key < right.key
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
