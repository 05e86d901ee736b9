import ArgumentParser
import Documents
import Engine
import Store
import Synchronization

/// `repro test-resume`: kills a stage, lets it go on, and compares.
struct TestResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test-resume",
    abstract: "Kill a stage again and again, let it go on, and compare what comes out.",
    discussion: """
      Of built-in stages trainings go on from what they kept; of commands those that declare a folder of \
      'checkpoints'. All others start afresh. Exit codes: 0 the same to the last bit, 1 not.
      """)

  @Argument(
    help: "The key of a stage's result, or the hash of a run with --stage; or the beginning.")
  var hash: String

  @Option(help: "The stage of the run.")
  var stage: String?

  @Option(help: "How often it is killed, at random moments.")
  var kills = 3

  @Option(help: "What the moments are drawn from.")
  var seed: UInt64 = 1

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Kill it so many seconds after each start, instead: 0.5 2 10.", valueName: "seconds"))
  var at: [Double] = []

  @OptionGroup var resources: ResourceOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard (1...10_000).contains(kills) else { throw ValidationError("--kills is 1 to 10000") }
    guard at.allSatisfy({ $0 >= 0 && $0 <= 1e6 }) else {
      throw ValidationError("--at takes seconds")
    }
  }

  func run() async throws {
    let engine = try store.engine()
    let (run, keyed) = try engine.store.runAndStage(matching: hash)
    guard let stage = stage ?? keyed else {
      throw ValidationError(
        "which stage of the run? --stage \(run.records.keys.sorted().joined(separator: ", "))")
    }
    let seconds = try run.records[stage].flatMap { try engine.store.record(for: $0) }?.seconds ?? 1
    var options = resources.options()
    options.kills = [stage: moments(of: seconds)]
    let landed = Mutex((kills: 0, resumptions: 0))
    let report = try await rerun(run, stage, engine, options) { event in
      landed.withLock {
        if case .killed = event { $0.kills += 1 }
        if case .resumed = event { $0.resumptions += 1 }
      }
    }
    let (kills, resumptions) = landed.withLock { $0 }
    // One that differs of itself says nothing about going on.
    options.kills = [:]
    let undisturbed = report.isSame ? report : try await rerun(run, stage, engine, options) { _ in }
    let verdict = verdict(report, undisturbed)
    format.print([
      "run": .string(run.hash.description), "stage": .string(stage), "kills": .int(Int64(kills)),
      "resumptions": .int(Int64(resumptions)), "same": .bool(report.isSame),
      "verdict": .string(verdict),
    ]) {
      "killed \(Self.times(kills)), went on from what it kept \(Self.times(resumptions)): \(verdict)"
    }
    if !report.isSame { throw ExitStatus.Exit(status: .failed) }
  }

  /// Seconds after each start, so that the last start is somewhere near the end.
  private func moments(of seconds: Double) -> [Double] {
    if !at.isEmpty { return at }
    var state = seed
    return (0..<kills).map { _ in
      // SplitMix64 (Steele, Lea and Flood 2014).
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      let unit = Double((z ^ (z >> 31)) >> 11) * 0x1p-53
      return unit * 2 * seconds / Double(kills + 1)
    }
  }

  private func rerun(
    _ run: Run, _ stage: String, _ engine: Engine, _ options: RunOptions,
    onEvent: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> RerunReport {
    let view = ProgressView(stages: [stage])
    let occasion = Machine.occasion(engine.store)
    return try await view.showing {
      try await engine.rerun(run, .only(stage), options: options, occasion: occasion) { event in
        view.show(event)
        onEvent(event)
      }
    }
  }

  private func verdict(_ report: RerunReport, _ undisturbed: RerunReport) -> String {
    if report.isSame { return "the same to the last bit" }
    if !undisturbed.isSame { return "NOT the same, but it is not either when nobody disturbs it" }
    guard case .different(let all)? = report.stages.last?.verdict else { return "NOT the same" }
    let differences = all.map { Display.difference($0, of: ("recorded", "made")) }
    return "NOT the same: \(differences.joined(separator: "; "))"
  }

  private static func times(_ count: Int) -> String {
    count == 1 ? "once" : "\(Display.count(count)) times"
  }
}
