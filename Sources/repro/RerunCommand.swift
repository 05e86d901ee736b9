import ArgumentParser
import Documents
import Engine
import Stages
import Store

/// `repro rerun`: computes a recorded run afresh and compares every bit.
struct RerunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerun",
    abstract: "Execute a recorded run again from its snapshot and compare every output.",
    discussion:
      "Nothing is taken from the cache but the bytes that came from outside. Exit codes: 0 the same to the last bit, 1 not reproduced."
  )

  @Argument(help: "The run's hash, or the beginning of it.")
  var hash: String

  @Option(help: "Execute this stage alone, on the recorded outputs of those above it.")
  var stage: String?

  @OptionGroup var resources: ResourceOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() async throws {
    let engine = try store.engine()
    let run = try engine.store.run(matching: hash)
    let view = ProgressView(stages: Array(run.records.keys))
    let start = ContinuousClock.now
    let stages = try await view.showing {
      try await engine.rerun(run, only: stage, options: resources.options(), onEvent: view.show)
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let isSame = !stages.contains(where: \.isDifferent)
    format.print(document(run, stages, isSame: isSame)) {
      text(run, stages, isSame: isSame, seconds: seconds)
    }
    if !isSame { throw ExitStatus.Exit(status: .failed) }
  }

  private func text(_ run: Run, _ stages: [RerunStage], isSame: Bool, seconds: Double) -> String {
    var table = Table(["stage", "outputs", "time"], rightAligned: [2])
    for stage in stages {
      table.rows.append([
        stage.name, describe(stage.verdict),
        stage.seconds > 0 ? Display.duration(stage.seconds) : "",
      ])
    }
    let verdict =
      isSame
      ? "the same to the last bit: run \(Display.short(run.hash)), \(stages.count) stages, \(Display.duration(seconds))"
      : "NOT reproduced: run \(Display.short(run.hash)) differs as said above"
    return "\n\(table.text)\n\n\(verdict)"
  }

  private func describe(_ verdict: RerunStage.Verdict) -> String {
    switch verdict {
    case .same: "the same"
    case .checked: "bytes from outside, taken from the store and checked"
    case .different(let mismatches): mismatches.map(describe).joined(separator: "; ")
    }
  }

  private func describe(_ it: RerunStage.Mismatch) -> String {
    let place = it.item.map { "\(it.output)/\($0)" } ?? it.output
    guard let old = it.recordedBytes else {
      return
        "'\(place)' DIFFERS: \(Display.short(it.recorded.digest)) recorded, \(Display.short(it.made.digest)) made"
    }
    return "'\(place)' DIFFERS: \(ArtefactDifference.describe(recorded: old, made: it.madeBytes))"
  }

  private func document(_ run: Run, _ stages: [RerunStage], isSame: Bool) -> Value {
    [
      "run": .string(run.hash.description), "same": .bool(isSame),
      "stages": .list(
        stages.map { stage in
          [
            "name": .string(stage.name), "key": .string(stage.key.description),
            "seconds": .float(stage.seconds), "same": .bool(!stage.isDifferent),
            "outputs": .string(describe(stage.verdict)),
          ]
        }),
    ]
  }
}
