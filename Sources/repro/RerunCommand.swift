import ArgumentParser
import Documents
import Engine
import FoundationEssentials
import Pipelines
import Store

/// `repro rerun`: computes a recorded run afresh and compares every bit.
struct RerunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerun",
    abstract: "Execute a recorded run again from its snapshot and compare every output.",
    discussion:
      "Nothing is taken from the cache but the bytes that came from outside, and what was recorded of commands that need not come out the same to the last bit. Exit codes: 0 the same, to the last bit or as the stages declare, 1 not reproduced."
  )

  @Argument(help: "The hash of a run or the key of a stage's result, or the beginning of it.")
  var hash: String

  @Option(help: "Execute this stage alone, on the recorded outputs of those above it.")
  var stage: String?

  @Option(help: "Execute this stage and all below it, on the recorded outputs of the others.")
  var from: String?

  @Option(
    help: ArgumentHelp(
      "Keep what the stages make in this new folder, one folder each.", valueName: "folder"))
  var keep: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "The same run but for this param or field: a new run, which names this one as its parent.",
      valueName: "name=value"))
  var overrides: [String] = []

  enum ChosenEngine: String, ExpressibleByArgument, CaseIterable { case present, recorded }

  @Option(
    help: "Which program computes the built-in stages: this one, or the one that made the run.")
  var engine = ChosenEngine.present

  @Flag(help: "With --engine recorded, start the program even if it came in a bundle.")
  var trustEngine = false

  @OptionGroup var resources: ResourceOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard stage == nil || from == nil else {
      throw ValidationError("--stage and --from exclude each other")
    }
    guard overrides.isEmpty || (stage == nil && from == nil && keep == nil) else {
      throw ValidationError("--set makes a new run; --stage, --from and --keep look at an old one")
    }
    guard overrides.isEmpty || engine == .present else {
      throw ValidationError("--set makes a new run, which this program computes")
    }
    guard !trustEngine || engine == .recorded else {
      throw ValidationError("--trust-engine goes with --engine recorded")
    }
    if let keep, FileManager.default.fileExists(atPath: keep) {
      throw ValidationError("'\(keep)' is there already; --keep makes a new folder")
    }
  }

  func run() async throws {
    let engine = try store.engine()
    let (run, selection) = try chosen(engine.store)
    if !overrides.isEmpty { return try await runChanged(run, engine) }
    let view = ProgressView(stages: Array(run.records.keys))
    var occasion = Machine.occasion(engine.store)
    if self.engine == .recorded, let recorded = run.recordedBy(trustingBundles: trustEngine) {
      (occasion.engine, occasion.engineDigest) = (recorded.engine, recorded.engineDigest)
    }
    let scratch = try engine.store.makeWorkFolder()
    defer { scratch.remove() }
    let chosen =
      self.engine == .recorded
      ? try engine.recordedBy(run, trustingBundles: trustEngine, in: scratch.path) : engine
    let report = try await view.showing { [occasion] in
      try await chosen.rerun(
        run, selection, keeping: keep.map(Machine.absolute), options: resources.options(),
        occasion: occasion, onEvent: view.show)
    }
    let seconds = max(0, Machine.now - occasion.startedAt)
    format.print(document(run, report)) { text(run, report, seconds: seconds) }
    if !report.isReproduced { throw ExitStatus.Exit(status: .failed) }
  }

  /// The run that is meant, and what of it.
  private func chosen(_ store: Store) throws -> (Run, RerunSelection) {
    let selection = stage.map(RerunSelection.only) ?? from.map(RerunSelection.from)
    let (run, name) = try store.runAndStage(matching: hash)
    return (run, selection ?? name.map(RerunSelection.only) ?? .all)
  }

  /// A new run, of the same pipeline on the same files but for the overrides.
  private func runChanged(_ run: Run, _ engine: Engine) async throws {
    let recorded = try engine.pipeline(of: run)
    let name = "run \(Display.short(run.hash))"
    let request = RunRequest(
      pipeline: try recorded.origin.map { try engine.store.bytes(of: $0.pipeline.digest) }
        ?? Array(recorded.pipeline.yaml().utf8),
      file: recorded.origin?.file ?? name,
      overrides: (recorded.origin?.overrides ?? []) + overrides)
    let resolved = try Pipelines.resolve(
      pipeline: request.pipeline, file: request.file, overrides: request.overrides,
      kinds: engine.kinds.signatures)
    let occasion = Machine.occasion(engine.store)
    let view = ProgressView(stages: resolved.stages.map(\.name))
    let outcome = try await view.showing {
      try await engine.run(
        resolved, folder: FileManager.default.currentDirectoryPath, options: resources.options(),
        occasion: occasion, request: request,
        madeFrom: RunParent(run: run.hash, files: recorded.files), onEvent: view.show)
    }
    format.print(outcome, since: occasion)
  }

  private func text(_ run: Run, _ report: RerunReport, seconds: Double) -> String {
    var table = Table(["stage", "outputs", "time"], rightAligned: [2])
    for stage in report.stages {
      table.rows.append([
        stage.name, describe(stage.verdict),
        stage.seconds > 0 ? Display.duration(stage.seconds) : "",
      ])
    }
    let hash = Display.short(run.hash)
    let outputs = report.stages.reduce(0) { $0 + $1.outputs }
    var verdict =
      report.isSame
      ? "bit-identical: \(report.stages.count) of \(run.records.count) stages, "
        + "\(outputs) output\(outputs == 1 ? "" : "s")"
      : report.isReproduced
        ? asDeclared(report) : "NOT reproduced: run \(hash) differs as said above"
    if report.isReproduced { verdict += "; run \(hash), \(Display.duration(seconds))" }
    if let cause = report.cause { verdict += "\n\(cause.text)" }
    return "\n\(table.text)\n\n\(verdict)"
  }

  /// Of stages that came out as they declare to, some of them not to the last bit.
  private func asDeclared(_ report: RerunReport) -> String {
    let near = report.stages.compactMap { stage -> Double? in
      if case .withinTolerance(let largest) = stage.verdict { largest } else { nil }
    }
    let others = report.stages.count { !$0.isSame } - near.count
    var parts = [
      "\(report.stages.count(where: \.isSame)) of \(report.stages.count) stages bit-identical"
    ]
    if let largest = near.max() {
      parts.append(
        "\(near.count) within \(near.count == 1 ? "its" : "their") tolerance (max abs \(largest))")
    }
    if others > 0 { parts.append("\(others) not compared") }
    return (others > 0 ? "reproduced as far as declared: " : "reproduced: ")
      + parts.joined(separator: ", ")
  }

  private func describe(_ verdict: RerunStage.Verdict) -> String {
    switch verdict {
    case .same: "the same"
    case .checked: "bytes from outside, taken from the store and checked"
    case .withinTolerance(let largest): "within its tolerance (max abs \(largest))"
    case .notCompared(let all):
      "not compared: declared not reproducible; " + describe(all)
    case .different(let all): describe(all)
    }
  }

  private func describe(_ differences: [OutputDifference]) -> String {
    Display.differences(differences, of: ("recorded", "made")).joined(separator: "; ")
  }

  private func document(_ run: Run, _ report: RerunReport) -> Value {
    [
      "run": .string(run.hash.description), "same": .bool(report.isSame),
      "reproduced": .bool(report.isReproduced),
      "cause": report.cause.map { .string($0.text) } ?? .null,
      "stages": .list(
        report.stages.map { stage in
          [
            "name": .string(stage.name), "key": .string(stage.key.description),
            "seconds": .float(stage.seconds), "same": .bool(stage.isSame),
            "verdict": .string(stage.verdict.word.rawValue),
            "outputs": .string(describe(stage.verdict)),
          ]
        }),
    ]
  }
}
