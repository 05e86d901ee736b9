import ArgumentParser
import Documents
import Engine
import FoundationEssentials
import Reports
import Store

/// `repro show`: a run, a stage's result or an object.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract:
      "Show a run, the result of a stage, or an object, by its hash: what it is, who made it, who uses it."
  )

  @Argument(
    help:
      "The hash of a run, the key of a stage or the digest of an object, or the beginning of it.")
  var hash: String

  @Flag(help: "Of a run, print its pipeline as a file that runs.")
  var pipeline = false

  @Option(
    help: ArgumentHelp(
      "With --pipeline, write it and all that it reads into this new folder.", valueName: "folder"))
  var into: String?

  @Flag(help: "Of a run, draw its curves; on a terminal they are drawn anyway.")
  var curves = false

  @OptionGroup var store: StoreOptions

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, prov }

  @Option(help: "How to print: text, json, or prov: where it came from, as W3C PROV-JSON.")
  var format: Format = .text

  func validate() throws {
    guard let into else { return }
    guard pipeline else { throw ValidationError("--into goes with --pipeline") }
    if FileManager.default.fileExists(atPath: into) {
      throw ValidationError("'\(into)' is there already; --into makes a new folder")
    }
  }

  func run() throws {
    if pipeline { return try showPipeline() }
    let store = try store.open()
    let target = try store.target(matching: hash)
    if format == .prov {
      return Console.print(try Provenance(of: target, in: store).document.json(pretty: true))
    }
    let pins = try PinNames(store)
    switch target {
    case .run(let hash):
      try show(run: try store.run(matching: hash.description), in: store, pins(.run(hash)))
    case .result(let key): try show(key: key, in: store, pins(.result(key)))
    case .object(let digest):
      let page = try ObjectPage(digest, in: store, pins: pins(.object(digest)))
      print(page.document) { page.text }
    }
  }

  private func print(
    _ document: @autoclosure () throws -> Value, text: () throws -> String
  ) rethrows {
    try FormatOptions.print(asJSON: format == .json, document, text: text)
  }

  // MARK: Runs

  private func showPipeline() throws {
    let engine = try store.engine()
    let page = PipelinePage(try engine.store.run(matching: hash), of: engine)
    try into.map { try page.write(into: Machine.absolute($0)) } ?? page.print()
  }

  private func show(run: Run, in store: Store, _ pins: [String]) throws {
    let order = try store.snapshot(run.hash).stages.map(\.name)
    let records = try store.records(for: Array(Set(run.records.values)))
    let stages = order.compactMap { name -> (name: String, record: Record)? in
      guard let record = run.records[name].flatMap({ records[$0] }) else { return nil }
      return (name, record)
    }
    try print(document(run, stages, pins)) { try text(run, stages, pins, in: store) }
  }

  private func document(
    _ run: Run, _ stages: [(name: String, record: Record)], _ pins: [String]
  ) -> Value {
    guard case .map(var members) = Document.run(run) else { return .null }
    members["stages"] = .list(stages.map { Document.record($0.record, name: $0.name) })
    members["pins"] = .list(pins.map(Value.string))
    return .map(members)
  }

  private func text(
    _ run: Run, _ stages: [(name: String, record: Record)], _ pins: [String], in store: Store
  ) throws -> String {
    var lines = ["run       \(run.hash)", "pipeline  \(run.name)"]
    lines += pins.map { "pin       \($0)" }
    for execution in run.executions.sorted(by: { $0.startedAt < $1.startedAt }) {
      if execution.isRerun {
        lines.append(rerunLine(execution, of: run.records.count))
        continue
      }
      if let bundle = execution.bundle {
        lines.append(
          "imported  \(Display.time(execution.startedAt)) UTC on \(execution.host) from a bundle "
            + "of SHA-256 \(bundle)" + (execution.executable == nil ? "" : ", with its program"))
        continue
      }
      lines.append(
        "executed  \(Display.time(execution.startedAt)) UTC on \(execution.host) by repro "
          + "\(execution.engine) (\(execution.engineDigest.prefix(12))): \(execution.executed) executed, "
          + "\(execution.reused) reused, \(Display.duration(execution.seconds))")
      lines += originLines(execution, in: store)
    }
    var table = Table(["stage", "key", "output", "digest", "size"], rightAligned: [4])
    for stage in stages {
      var names = [stage.name, Display.short(stage.record.key)]
      for (output, content) in stage.record.outputs.sorted(by: { $0.key < $1.key }) {
        let size =
          try stage.record.isEvicted
          ? "evicted" : Display.bytes(store.sizeInBytes(of: content.digest))
        table.rows.append(names + [output, content.digest.description, size])
        names = ["", ""]
      }
    }
    let figures = Table.headlines(stages).map { ["", $0.text] } ?? []
    let curves = try curveLines(of: run, in: store)
    return (lines + ["", table.text] + figures + curves).joined(separator: "\n")
  }

  /// The curves as they fit the terminal's width.
  private func curveLines(of run: Run, in store: Store) throws -> [String] {
    guard curves || Console.outputIsTerminal else { return [] }
    let report = try ReportReader(store, metricsOnly: true).report(of: run)
    let lines = TextCurves(report).lines(width: Console.width)
    return lines.isEmpty ? [] : [""] + lines
  }

  /// What is to be said of how an execution was asked for.
  private func originLines(_ it: Execution, in store: Store) -> [String] {
    var lines: [String] = []
    if let parent = it.parent { lines.append("          made from run \(Display.short(parent))") }
    guard let origin = store.origin(of: it) else { return lines }
    let words = ShellWord.arguments(origin.file, overrides: origin.overrides)
    lines.append("          from \(Console.printable(words))")
    if let repository = origin.repository {
      lines.append(
        "          at commit \(repository.commit.prefix(12))"
          + (repository.patch.map { " with changes: \(Display.short($0.digest))" } ?? ""))
    }
    return lines
  }

  private func rerunLine(_ it: Execution, of count: Int) -> String {
    let verdict: String
    if it.isDifferent {
      verdict = "DIFFERENT in \(stages(of: it, .different))"
    } else {
      let same = it.verdicts.count { $0.value == .same || $0.value == .checked }
      var parts = ["bit-identical, \(same) of \(count) stages"]
      if it.verdicts.values.contains(.withinTolerance) {
        parts.append("within its tolerance \(stages(of: it, .withinTolerance))")
      }
      if it.verdicts.values.contains(.notCompared) {
        parts.append("not compared \(stages(of: it, .notCompared))")
      }
      verdict = parts.joined(separator: ", ")
    }
    return "rerun     \(Display.time(it.startedAt)) UTC on \(it.host) by repro "
      + "\(it.engine) (\(it.engineDigest.prefix(12))): \(verdict)"
  }

  private func stages(of it: Execution, _ verdict: Execution.Verdict) -> String {
    it.verdicts.filter { $0.value == verdict }.keys.sorted().map { "'\($0)'" }
      .joined(separator: ", ")
  }

  // MARK: Results

  private func show(key: Digest, in store: Store, _ pins: [String]) throws {
    guard let record = try store.record(for: key), let summary = try store.result(key) else {
      throw EngineError.neverRecorded(stage: "?", key: key)
    }
    let preimage = try store.preimage(record.preimage).value
    let readers = try store.readers(ofResult: key)
    let runs = try store.runs(ofResult: key)
    let ledger = try Ledger(of: key, runs, in: store)
    let document: Value = [
      "record": Document.record(record, name: ""), "preimage": preimage,
      "stage": .string(summary.stage), "kind": .string(summary.kind),
      "state": .string(Display.state(summary)), "made-at": .float(summary.madeAt),
      "seconds": .float(summary.seconds), "pins": .list(pins.map(Value.string)),
      "read-by": .list(readers.map { .string($0.key.description) }),
      "runs": .list(runs.map { .string($0.description) }), "reruns": ledger.document,
    ]
    try print(document) {
      var lines = ["key       \(key)", "preimage  \(record.preimage)"]
      lines += heading(summary) + pins.map { "pin       \($0)" }
      lines += try outputs(of: record, in: store)
      for figure in record.figures {
        lines.append("result    \(figure.name) \(Display.figure(figure))")
      }
      for warning in record.warnings { lines.append("warning   \(Console.printable(warning))") }
      for it in record.acceptances {
        lines.append(
          "accepted  from \(Display.short(it.from)) on \(Display.time(it.at)) UTC: "
            + Console.printable(it.because))
      }
      if let line = ledger.line { lines.append("reruns    \(line)") }
      lines += readers.map { "read by   \(Display.short($0.key))  \(Console.printable($0.stage))" }
      lines += runs.map { "part of   run \(Display.short($0))" }
      return (lines + ["", preimage.json(pretty: true)]).joined(separator: "\n")
    }
  }

  private func heading(_ it: ResultSummary) -> [String] {
    var lines: [String] = []
    if !it.stage.isEmpty { lines.append("stage     \(Console.printable(it.stage))") }
    if it.madeAt > 0 {
      lines.append(
        "made      \(Display.time(it.madeAt)) UTC, in \(Display.duration(it.seconds))")
    }
    if it.isEvicted { lines.append("state     evicted: a run that needs it makes it again") }
    return lines
  }

  private func outputs(of record: Record, in store: Store) throws -> [String] {
    var lines: [String] = []
    for (output, content) in record.outputs.sorted(by: { $0.key < $1.key }) {
      lines.append("output    \(output)  \(content.digest)  \(Display.bytes(content.size))")
      guard !record.isEvicted else { continue }
      if let summary = ArtefactSummary(of: content, in: store) {
        lines += ([summary.title] + summary.lines).map { "            \($0)" }
      }
      guard content.kind == .tree else { continue }
      for entry in try store.tree(of: content.digest).entries {
        lines.append("            \(Console.printable(entry.name))  \(entry.content.digest)")
      }
    }
    return lines
  }
}
