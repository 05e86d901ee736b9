import ArgumentParser
import Documents
import Engine
import Pipelines
import Reports
import Store

/// `repro run`: computes what the store does not have.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a pipeline: compute what is not in the cache, reuse what is.",
    discussion:
      "Exit codes: 0 done, 1 a stage failed, 2 the file or the request is wrong, 3 the store is damaged, 130 interrupted."
  )

  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var resources: ResourceOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  @Option(help: "Compute this stage even if its result is recorded. May be repeated.")
  var force: [String] = []

  @Flag(help: "After a failure go on with the stages that do not depend on it.")
  var keepGoing = false

  @Option(help: "Try a failed stage again this often, unless it says itself how often.")
  var retries = 0

  @Flag(help: "Say why each stage runs and what it is expected to take, then run.")
  var explain = false

  @Flag(help: "Say what would run, and why; compute nothing.")
  var dryRun = false

  func validate() throws {
    guard (0...100).contains(retries) else { throw ValidationError("--retries is 0 to 100") }
  }

  func run() async throws {
    var options = resources.options(force: force)
    options.keepsGoing = keepGoing
    options.retries = retries
    options.isParanoid = pipeline.paranoid
    let request = try pipeline.request()
    let known = try? store.engine()
    if !explain, !dryRun, let known, try repeats(request, known, options) { return }
    let study = try pipeline.study(request)
    let engine = try known ?? store.engine(create: true)
    if dryRun {
      let plan = try engine.plan(study, folder: pipeline.folder, options: options)
      return format.print(PlanCommand.document(plan)) { PlanCommand.text(plan, of: study) }
    }
    if explain {
      let plan = try engine.plan(study, folder: pipeline.folder, options: options)
      Console.sayError(PlanCommand.text(plan, of: study) + "\n")
    }
    let occasion = Machine.occasion(engine.store)
    let view = ProgressView(stages: study.whole.stages.map(\.name))
    let outcome = try await view.showing { [options] in
      try await engine.run(
        study, folder: pipeline.folder, options: options, occasion: occasion, request: request,
        onEvent: view.show)
    }
    if outcome.points.count > 1 {
      let axes = study.varied.map(\.name)
      var table: ResultTable?
      do {
        table = try ResultTable(
          title: study.name,
          points: engine.points(of: study, folder: pipeline.folder, options: options),
          axes: axes, isChoosing: false, from: engine.store)
      } catch let error as ReportError {
        // What was computed is none the less done.
        Console.complain(about: error)
      }
      format.print(outcome, table, command: pipeline.words, since: occasion)
    } else if let run = outcome.points[0].run {
      format.print(run, since: occasion)
    }
    if let failure = outcome.failure { throw failure }
  }

  /// Whether the request came to a run before that still stands; then that is shown.
  private func repeats(
    _ request: RunRequest, _ engine: Engine, _ options: RunOptions
  ) throws -> Bool {
    let occasion = Machine.occasion(engine.store)
    guard
      let outcome = try engine.repeated(
        request, folder: pipeline.folder, options: options, occasion: occasion)
    else { return false }
    let view = ProgressView(stages: outcome.stages.map(\.name))
    for stage in outcome.stages { view.show(.reused(stage: stage.name, stage.record)) }
    format.print(outcome, since: occasion)
    return true
  }
}
