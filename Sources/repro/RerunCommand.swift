import ArgumentParser
import Documents
import Engine
import FoundationEssentials
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

  @OptionGroup var resources: ResourceOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard stage == nil || from == nil else {
      throw ValidationError("--stage and --from exclude each other")
    }
    if let keep, FileManager.default.fileExists(atPath: keep) {
      throw ValidationError("'\(keep)' is there already; --keep makes a new folder")
    }
  }

  func run() async throws {
    let engine = try store.engine()
    let (run, selection) = try chosen(engine.store)
    let view = ProgressView(stages: Array(run.records.keys))
    let occasion = Machine.occasion(engine.store)
    let report = try await view.showing {
      try await engine.rerun(
        run, selection, keeping: keep.map(Machine.absolute), options: resources.options(),
        occasion: occasion, onEvent: view.show)
    }
    let seconds = max(0, Machine.now - occasion.startedAt)
    format.print(document(run, report)) { text(run, report, seconds: seconds) }
    if !report.isReproduced { throw ExitStatus.Exit(status: .failed) }
  }

  /// The run that is meant, and what of it.
  private func chosen(_ store: Store) throws -> (Run, RerunSelection) {
    let selection = stage.map(RerunSelection.only) ?? from.map(RerunSelection.from) ?? .all
    guard case .result(let key) = try store.target(matching: hash) else {
      return (try store.run(matching: hash), selection)
    }
    guard let hash = try store.runs(ofResult: key).first else {
      throw ValidationError(
        "the result \(Display.short(key)) is of no finished run; 'repro run' that pipeline first")
    }
    let run = try store.run(matching: hash.description)
    let name = run.records.filter { $0.value == key }.keys.min()
    return (run, selection == .all ? name.map(RerunSelection.only) ?? .all : selection)
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
      ? "bit-identical: \(report.stages.count) of \(run.records.count) stages, \(outputs) outputs"
      : report.isReproduced
        ? asDeclared(report) : "NOT reproduced: run \(hash) differs as said above"
    if report.isReproduced { verdict += "; run \(hash), \(Display.duration(seconds))" }
    if let cause = report.cause { verdict += "\n\(describe(cause))" }
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

  private func describe(_ cause: RerunReport.Cause) -> String {
    switch cause {
    case .disagreesWithItself:
      "cause: the command is not deterministic: executed twice now, it gave two different results"
    case .tools(let names):
      "cause: not the recorded programs: \(names.joined(separator: ", "))"
    case .undeclared:
      "likely cause: the command agrees with itself now, so it reads what it does not declare: "
        + "a file, the time, the host"
    case .engine(let recorded):
      "likely cause: another engine: recorded by repro \(recorded)"
    case .recordOrMachine:
      "likely cause: the record or this machine: the same engine computed it; see 'repro cache verify'"
    }
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
      "cause": report.cause.map { .string(describe($0)) } ?? .null,
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
