import ArgumentParser
import Documents
import Engine
import Store

/// `repro audit`: computes again what was never checked.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Execute results again that were never checked, the cheapest first, and compare.",
    discussion:
      "Each is one more rerun on record. Also names programs that ignore their seed. Exit codes: 0 all the same or as declared, 1 some differ."
  )

  @Option(help: "How long to go on, such as 90s, 30m or 8h; what is expected to take longer waits.")
  var budget = Age(seconds: 1800)

  @OptionGroup var resources: ResourceOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  private struct Audited {
    let result: UncheckedResult
    let pipeline: String
    /// `nil` if it could not be computed, for this reason.
    let stage: RerunStage?
    var failure = ""
    /// Of one that came out different.
    var cause: RerunReport.Cause?
  }

  func run() async throws {
    let engine = try store.engine()
    let open = try engine.unchecked()
    let start = Machine.now
    var audited: [Audited] = []
    for result in open {
      let spent = Machine.now - start
      guard spent + result.seconds <= budget.seconds else { break }
      audited.append(try await audit(result, engine))
    }
    let dead = try engine.deadSeeds()
    let left = open.count - audited.count
    format.print(document(audited, dead, left: left)) { text(audited, dead, left: left) }
    if audited.contains(where: { $0.stage?.isDifferent == true }) {
      throw ExitStatus.Exit(status: .failed)
    }
  }

  private func audit(_ result: UncheckedResult, _ engine: Engine) async throws -> Audited {
    let run = try engine.store.run(matching: result.run.description)
    let view = ProgressView(stages: [result.stage])
    let occasion = Machine.occasion(engine.store)
    do {
      let report = try await view.showing {
        try await engine.rerun(
          run, .only(result.stage), options: resources.options(), occasion: occasion,
          onEvent: view.show)
      }
      let stage = report.stages.first { $0.name == result.stage }
      let reason = report.stages.last.map { "its input '\($0.name)' came out different" } ?? ""
      return Audited(
        result: result, pipeline: run.name, stage: stage, failure: reason, cause: report.cause)
    } catch let failure as RunFailure {
      let reason = failure.stages.first.map { Display.firstLine(of: $0.error) } ?? ""
      return Audited(result: result, pipeline: run.name, stage: nil, failure: reason)
    } catch let error where error is EngineError || (error as? StoreError)?.isDamage == true {
      // Of another version, or incomplete: the others can be computed all the same.
      let reason = Display.firstLine(of: error)
      return Audited(result: result, pipeline: run.name, stage: nil, failure: reason)
    }
  }

  private func verdict(_ it: Audited) -> String {
    guard let stage = it.stage else { return "could not be computed: \(it.failure)" }
    return switch stage.verdict {
    case .same, .checked: "the same"
    case .withinTolerance(let largest): "within its tolerance (max abs \(largest))"
    case .notCompared: "not compared: declared not reproducible"
    case .different: "DIFFERENT: 'repro rerun \(Display.short(it.result.key))' says how"
    }
  }

  /// Whether something that is in no key came into the result of a command.
  private func isLeak(_ cause: RerunReport.Cause) -> Bool {
    switch cause {
    case .disagreesWithItself, .undeclared, .tools: true
    case .engine, .recordOrMachine: false
    }
  }

  private func text(_ audited: [Audited], _ dead: [DeadSeed], left: Int) -> String {
    var table = Table(["stage", "result", "verdict", "time"], rightAligned: [3])
    for it in audited {
      table.rows.append([
        "\(it.pipeline)/\(it.result.stage)", Display.short(it.result.key), verdict(it),
        it.stage.map { Display.duration($0.seconds) } ?? "",
      ])
    }
    let computed = audited.compactMap(\.stage)
    let same = computed.count(where: \.isSame)
    let declared = computed.count { !$0.isSame && !$0.isDifferent }
    let others = declared > 0 ? ", \(declared) as declared" : ""
    var lines = audited.isEmpty ? [] : [table.text, ""]
    for it in dead {
      lines.append(
        "dead seed: \(Console.printable(it.stage)) gives the same bytes with seeds "
          + it.seeds.map(String.init).joined(separator: ", "))
    }
    for it in audited where it.stage?.isDifferent == true {
      guard let cause = it.cause, isLeak(cause) else { continue }
      lines.append(
        "leak: \(Console.printable("\(it.pipeline)/\(it.result.stage)")) gives other bytes with the same seed; "
          + cause.text)
    }
    lines.append(
      "bit-identical: \(same) of \(computed.count) results computed again\(others); \(left) never checked are left"
    )
    return lines.joined(separator: "\n")
  }

  private func document(_ audited: [Audited], _ dead: [DeadSeed], left: Int) -> Value {
    [
      "audited": .list(
        audited.map { it in
          [
            "run": .string(it.result.run.description), "stage": .string(it.result.stage),
            "key": .string(it.result.key.description),
            "same": it.stage.map { .bool($0.isSame) } ?? .null,
            "verdict": it.stage.map { .string($0.verdict.word.rawValue) } ?? .null,
            "seconds": .float(it.stage?.seconds ?? 0),
            "cause": it.cause.map { .string($0.text) } ?? .null,
            "failure": it.stage == nil ? .string(it.failure) : .null,
          ]
        }),
      "dead-seeds": .list(
        dead.map { it in
          [
            "stage": .string(it.stage), "seeds": .list(it.seeds.map { .string(String($0)) }),
            "keys": .list(it.keys.map { .string($0.description) }),
          ]
        }),
      "left": .int(Int64(left)),
    ]
  }
}
