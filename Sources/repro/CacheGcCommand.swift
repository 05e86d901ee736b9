import ArgumentParser
import Documents
import Store

/// `repro cache gc`: removes what nothing needs.
struct CacheGcCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract:
      "Remove what no recorded result needs; with --keep-runs also older runs and their results.",
    discussion: "Waits for running commands to end: what they found, made or will read stays.")

  @Option(help: "Keep this many of the newest runs and what they are made of; forget the rest.")
  var keepRuns: Int?

  @Flag(help: "Say what would go; remove nothing.")
  var dryRun = false

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard keepRuns ?? 0 >= 0 else { throw ValidationError("--keep-runs is 0 or more") }
  }

  func run() throws {
    let report = try store.open().collect(keepRuns: keepRuns, dryRun: dryRun)
    format.print(document(report)) {
      let lines = report.items.map { "\(Self.name($0.subject)): \($0.reason)" }
      let verb = dryRun ? "would free" : "freed"
      return (lines + ["\(report.items.count) removed, \(verb) \(Display.bytes(report.bytes))"])
        .joined(separator: "\n")
    }
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
