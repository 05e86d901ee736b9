import ArgumentParser
import Documents
import Engine
import Pipelines
import Store

/// `repro plan`: what would run, and why.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Say what a run would compute, and why. Computes nothing.")

  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  @Option(help: "Plan as 'run --force' would.")
  var force: [String] = []

  func run() throws {
    let study = try pipeline.study()
    let engine = try store.engine(create: true)
    var options = Machine.options(force: force)
    options.isParanoid = pipeline.paranoid
    let plan = try engine.plan(study, folder: pipeline.folder, options: options)
    format.print(Self.document(plan)) { Self.text(plan, of: study) }
  }

  static func text(_ plan: [PlannedStage], of study: Study) -> String {
    study.points.count > 1 ? StudyPlan(plan, of: study).text : text(plan)
  }

  private static func text(_ plan: [PlannedStage]) -> String {
    let width = plan.map(\.name.count).max() ?? 0
    let lines = plan.flatMap { stage in
      let name = stage.name + String(repeating: " ", count: width - stage.name.count)
      let (verdict, reasons) = explain(stage.verdict)
      let indent = String(repeating: " ", count: width + 9)
      return ["\(verdict)  \(name)  \(reasons.first ?? "")"]
        + reasons.dropFirst().map { indent + $0 }
    }
    return (lines + ["", forecast(plan)]).joined(separator: "\n")
  }

  /// `2 stages to run, 1 waits for what those make, about 3:12 min, 1.8 GiB; 11 from cache`
  static func forecast(_ plan: [PlannedStage]) -> String {
    let waiting = plan.count { if case .wait = $0.verdict { true } else { false } }
    let reused = plan.count(where: \.isReused)
    let running = plan.count - waiting - reused
    var parts = ["\(running) to run"]
    if waiting > 0 { parts.append("\(waiting) wait\(waiting == 1 ? "s" : "") for what those make") }
    let costs = plan.compactMap(\.cost)
    if !costs.isEmpty {
      let open = costs.count == plan.count - reused ? "about" : "at least"
      parts.append("\(open) \(Display.duration(costs.reduce(0) { $0 + $1.seconds }))")
      parts.append(Display.bytes(costs.reduce(0) { $0 + $1.bytes }))
    }
    return parts.joined(separator: ", ") + "; \(reused) from cache"
  }

  static func explain(_ verdict: PlannedStage.Verdict) -> (verdict: String, [String]) {
    switch verdict {
    case .reuse(let key): ("reuse", [Display.short(key)])
    case .wait(let stages, let own):
      ("wait ", Display.differences(own) + ["for \(stages.joined(separator: ", "))"])
    case .run(.first): ("run  ", ["no result yet"])
    case .run(.forced): ("run  ", ["forced"])
    case .run(.evicted): ("run  ", ["evicted to save space, to be had again"])
    case .run(.damaged(let outputs)):
      ("run  ", ["missing or damaged: \(outputs.joined(separator: ", "))"])
    case .run(.changed(let differences)): ("run  ", Display.differences(differences))
    }
  }

  static func document(_ plan: [PlannedStage]) -> Value {
    .list(
      plan.map { stage in
        var members: [String: Value] = ["name": .string(stage.name), "kind": .string(stage.kind)]
        if let cost = stage.cost {
          members["last-seconds"] = .float(cost.seconds)
          members["last-bytes"] = .int(Int64(cost.bytes))
        }
        switch stage.verdict {
        case .reuse(let key):
          members["verdict"] = "reuse"
          members["key"] = .string(key.description)
        case .wait(let stages, let own):
          members["verdict"] = "wait"
          members["waits-for"] = .list(stages.map(Value.string))
          members["differences"] = .list(own.map(Document.difference))
        case .run(let reason):
          members["verdict"] = "run"
          members["reason"] = .string(word(for: reason))
          if case .changed(let found) = reason {
            members["differences"] = .list(found.map(Document.difference))
          }
          if case .damaged(let outputs) = reason {
            members["outputs"] = .list(outputs.map(Value.string))
          }
        }
        return .map(members)
      })
  }

  private static func word(for reason: PlannedStage.Reason) -> String {
    switch reason {
    case .first: "first"
    case .changed: "changed"
    case .damaged: "damaged"
    case .forced: "forced"
    case .evicted: "evicted"
    }
  }
}
