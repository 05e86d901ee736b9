import Documents
import Engine
import Store

/// From what a run came: file, overrides, commit, files, executions, keys.
package struct Provenance {
  private let report: RunReport

  package init(_ report: RunReport) { self.report = report }

  package var markup: [Markup] {
    [origin, params, executions, files, keys]
  }

  private var origin: Markup {
    var facts: [(String, Markup)] = report.hash.map { [("run", .code($0.description))] } ?? []
    if let origin = report.origin {
      let words = ShellWord.arguments(origin.file, overrides: origin.overrides)
      facts.append(("asked for by", .code("repro run \(words)")))
      facts.append(("pipeline file", .code("SHA-256 \(origin.pipeline.sha256)")))
      if let repository = origin.repository {
        let changes = repository.patch.map { ", with changes: \($0.digest)" } ?? ""
        facts.append(("git commit", .code(repository.commit + changes)))
      }
    }
    if let it = report.execution {
      facts.append(("engine", .code("repro \(it.engine), executable \(it.engineDigest)")))
      if let parent = it.parent { facts.append(("made from run", .code(parent.description))) }
    }
    return .facts(facts)
  }

  private var params: Markup {
    guard let resolved = report.origin?.resolved else { return .none }
    var rows: [[String]] = []
    if case .map(let members)? = resolved["params"], !members.isEmpty {
      rows = Value.map(members).fields().map { [$0.path, $0.text] }
    }
    if let seed = resolved["seed"] { rows.append(["seed", seed.words]) }
    guard !rows.isEmpty else { return .none }
    return Markup("h3", [:], "Params")
      + .table(["param", "value"], rows, caption: "Params of the pipeline", rowHeaders: true)
  }

  private var executions: Markup {
    guard !report.executions.isEmpty else { return .none }
    let rows = report.executions.map { it in
      [
        NumberText.time(it.startedAt), it.host, "repro \(it.engine)", Self.words(for: it),
        NumberText.duration(it.seconds),
      ]
    }
    return Markup("h3", [:], "Executions")
      + .table(
        ["when (UTC)", "where", "engine", "what", "time"], rows, numeric: [4],
        caption: "Every time the run was executed")
  }

  private static func words(for it: Execution) -> String {
    if it.isRerun {
      let same = it.verdicts.values.count { $0 == .same || $0 == .checked }
      return it.isDifferent
        ? "rerun: DIFFERENT in "
          + it.verdicts.filter { $0.value == .different }.keys.sorted().joined(separator: ", ")
        : "rerun: bit-identical in \(same) of \(it.verdicts.count) stages"
    }
    if it.bundle != nil { return "imported from a bundle" }
    return "\(it.executed) executed, \(it.reused) reused"
  }

  private var files: Markup {
    let files = (report.origin?.files ?? [:]).sorted { $0.key < $1.key }
    let tools = (report.origin?.tools ?? [:]).sorted { $0.key < $1.key }
    guard !files.isEmpty || !tools.isEmpty else { return .none }
    let rows = (files + tools).map {
      [$0.key, NumberText.bytes($0.value.size), $0.value.sha256.description]
    }
    return Markup("h3", [:], "Files from outside")
      + .table(
        ["file", "size", "SHA-256"], rows, numeric: [1], caption: "What the run read from outside",
        rowHeaders: true)
  }

  private var keys: Markup {
    let rows = report.stages.map { stage in
      [
        stage.name, stage.record.key.description, stage.seed.map(String.init) ?? "",
        NumberText.time(stage.record.madeAt), NumberText.duration(stage.record.seconds),
        stage.record.stage,
      ]
    }
    return Markup("h3", [:], "Stages")
      + .table(
        ["stage", "key", "seed", "made (UTC)", "time", "first made as"], rows, numeric: [2, 4],
        caption: "Keys of all stages", rowHeaders: true)
  }
}
