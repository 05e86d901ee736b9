import ArgumentParser
import Documents
import Engine
import Stages
import Store

/// `repro cache gc`: removes what nothing needs, and what is over a budget.
struct CacheGcCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract:
      "Remove what no recorded result needs; with options also older runs, and results over a budget.",
    discussion: """
      Waits for running commands to end: what they found, made or will read stays. So does what is \
      pinned. Without --keep-runs and --keep-days every recorded result stays; with both, what either \
      keeps. Over a budget, results that are cheapest to make again for their size are evicted: their \
      digests and recipes stay, so that a later run makes them again and compares them.
      """)

  @Option(help: "Keep this many of the newest runs of each pipeline; forget the rest.")
  var keepRuns: Int?

  @Option(help: "Keep runs and results that are at most this many days old; forget the rest.")
  var keepDays: Double?

  @Option(help: ArgumentHelp("Evict until all objects take at most this much.", valueName: "size"))
  var budget: ByteCount?

  @Flag(help: "Say what would go, and why; remove nothing.")
  var dryRun = false

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard keepRuns ?? 0 >= 0 else { throw ValidationError("--keep-runs is 0 or more") }
    guard let keepDays else { return }
    guard keepDays >= 0, keepDays.isFinite else {
      throw ValidationError("--keep-days is 0 or more")
    }
  }

  func run() throws {
    let kinds = KindRegistry.builtIn.kinds.filter { $0.bringsInBytes }.map { $0.name }
    let policy = CollectionPolicy(
      keepRuns: keepRuns, keepSeconds: keepDays.map { $0 * 86_400 }, budget: budget?.bytes,
      irreplaceableKinds: Set(kinds), now: Machine.now)
    let report = try store.open().collect(policy, dryRun: dryRun)
    format.print(document(report)) {
      let lines = report.items.map { "\(Self.name($0.subject)): \($0.reason)" }
      return (lines + [summary(report)]).joined(separator: "\n")
    }
  }

  private func summary(_ report: CollectionReport) -> String {
    let count = Display.count(report.items.count)
    let (gone, frees, costs) =
      dryRun ? ("would go", "frees", "would cost") : ("removed", "freed", "costs")
    let price =
      report.seconds > 0 ? ", \(costs) \(Display.duration(report.seconds)) to make again" : ""
    return "\(count) \(gone), \(frees) \(Display.bytes(report.bytes))\(price), "
      + (report.verifiableRuns == 1
        ? "1 run stays verifiable"
        : "\(Display.count(report.verifiableRuns)) runs stay verifiable")
  }

  private static func name(_ subject: CollectionReport.Subject) -> String {
    switch subject {
    case .run(let hash, let name): "run \(Display.short(hash)) of \(name)"
    case .result(let key): "result \(Display.short(key))"
    case .object(let digest, let kind):
      "\(kind == .tree ? "folder" : "file") \(Display.short(digest))"
    case .stray(let path), .workFolder(let path), .partial(let path): path
    }
  }

  private func document(_ report: CollectionReport) -> Value {
    [
      "dry-run": .bool(report.isDryRun), "bytes": .int(Int64(report.bytes)),
      "seconds": .float(report.seconds), "verifiable-runs": .int(Int64(report.verifiableRuns)),
      "removed": .list(
        report.items.map { item in
          [
            "what": .string(Self.name(item.subject)), "why": .string(item.reason.description),
            "bytes": .int(Int64(item.bytes)),
          ]
        }),
    ]
  }
}
