import ArgumentParser
import Documents
import Engine
import FoundationEssentials
import Store

/// `repro challenge`: executes a bundle again and signs what came of it.
struct ChallengeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "challenge",
    abstract: "Execute a bundle again, in a cache of its own, and write a signed verdict.",
    discussion:
      "The verdict is an in-toto statement in a DSSE envelope, signed with an ssh key; 'repro verdicts' puts those of several machines side by side. Exit codes: 0 the same to the last bit, or as its stages declare, 1 not reproduced."
  )

  @Argument(help: "The bundle.", completion: .file(extensions: ["tar"]))
  var file: String

  @Option(
    help: ArgumentHelp(
      "The ssh key to sign with.", discussion: "Default: ~/.ssh/id_ed25519.", valueName: "file"))
  var key: String?

  @Option(help: ArgumentHelp("Where the verdict is written.", valueName: "file"))
  var output = "verdict.json"

  @OptionGroup var resources: ResourceOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    let folder = URL(filePath: output).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw ValidationError("cannot write to the folder of '\(output)'")
    }
    if FileManager.default.fileExists(atPath: output) {
      throw ValidationError("'\(output)' is there already; --output names another file")
    }
  }

  func run() async throws {
    let key = Machine.absolute(
      key ?? "\(Machine.environment("HOME") ?? "")/.ssh/id_ed25519")
    // Before hours of computing, not after.
    try await SignedVerdict.check(key: key)
    let folder = try Machine.makeScratchFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try Store(at: "\(folder)/cache", create: true, testHook: TestHook.hook)
    let path = Machine.absolute(file)
    let (run, bundle) = try await interruptible { try Self.take(path, into: store) }
    let verdict = try await execute(run, bundle, in: store)
    let bytes = try await SignedVerdict.sign(verdict, with: key)
    try Data(bytes).write(to: URL(filePath: output), options: .withoutOverwriting)
    format.print(document(verdict)) { text(verdict) }
    if !verdict.isReproduced { throw ExitStatus.Exit(status: .failed) }
  }

  private static func take(_ path: String, into store: Store) throws -> (Run, SHA256) {
    let bundle = try RunBundle(path)
    return (
      try StoreOptions.engine(over: store).take(bundle, occasion: Machine.occasion(store)).run,
      try bundle.sha256()
    )
  }

  private func execute(_ run: Run, _ bundle: SHA256, in store: Store) async throws -> Verdict {
    let engine = try StoreOptions.engine(over: store)
    let (options, occasion) = (resources.options(), Machine.occasion(store))
    let view = ProgressView(stages: Array(run.records.keys))
    let report = try await view.showing {
      try await engine.rerun(run, options: options, occasion: occasion, onEvent: view.show)
    }
    return Verdict(
      report, of: run, bundle: bundle, on: Machine.description(threads: options.threads),
      by: occasion)
  }

  private func text(_ it: Verdict) -> String {
    "\n\(it.text); run \(Display.short(it.run)), signed verdict in \(output)"
  }

  private func document(_ it: Verdict) -> Value {
    [
      "run": .string(it.run.description), "bundle": .string(it.bundle.description),
      "same": .bool(it.isSame), "reproduced": .bool(it.isReproduced), "verdict": .string(output),
      "stages": .list(
        it.stages.map { ["name": .string($0.name), "verdict": .string($0.verdict.rawValue)] }),
    ]
  }
}
