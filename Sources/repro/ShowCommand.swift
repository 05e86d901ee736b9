import ArgumentParser
import Documents
import Engine
import Store

/// `repro show`: a run, or a stage's result.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run, or the result of a stage, by its hash.")

  @Argument(help: "The hash of a run or the key of a stage, or the beginning of it.")
  var hash: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    do {
      try show(run: try store.run(matching: hash), in: store)
    } catch let error as StoreError where error.isUnknown {
      try show(key: try store.key(matching: hash), in: store)
    }
  }

  private func show(run: Run, in store: Store) throws {
    let order = try store.snapshot(run.hash).stages.map(\.name)
    let stages = try order.compactMap { name -> (name: String, record: Record)? in
      guard let key = run.records[name], let record = try store.record(for: key) else { return nil }
      return (name, record)
    }
    format.print(document(run, stages)) { text(run, stages, in: store) }
  }

  private func document(_ run: Run, _ stages: [(name: String, record: Record)]) -> Value {
    guard case .map(var members) = Document.run(run) else { return .null }
    members["stages"] = .list(stages.map { Document.record($0.record, name: $0.name) })
    return .map(members)
  }

  private func text(
    _ run: Run, _ stages: [(name: String, record: Record)], in store: Store
  ) -> String {
    var lines = ["run       \(run.hash)", "pipeline  \(run.name)"]
    for execution in run.executions.sorted(by: { $0.startedAt < $1.startedAt }) {
      lines.append(
        "executed  \(Display.time(execution.startedAt)) UTC on \(execution.host) by repro "
          + "\(execution.engine) (\(execution.engineDigest.prefix(12))): \(execution.executed) executed, "
          + "\(execution.reused) reused, \(Display.duration(execution.seconds))")
    }
    var table = Table(["stage", "key", "output", "digest", "size"], rightAligned: [4])
    for stage in stages {
      var names = [stage.name, Display.short(stage.record.key)]
      for (output, content) in stage.record.outputs.sorted(by: { $0.key < $1.key }) {
        let size = (try? store.sizeInBytes(of: content)) ?? content.size
        table.rows.append(names + [output, content.digest.description, Display.bytes(size)])
        names = ["", ""]
      }
    }
    let figures = Table.headlines(stages).map { ["", $0.text] } ?? []
    return (lines + ["", table.text] + figures).joined(separator: "\n")
  }

  private func show(key: Digest, in store: Store) throws {
    guard let record = try store.record(for: key) else {
      throw EngineError.neverRecorded(stage: "?", key: key)
    }
    let preimage = try store.preimage(record.preimage).value
    try format.print(.map(["record": Document.record(record, name: ""), "preimage": preimage])) {
      var lines = ["key       \(key)", "preimage  \(record.preimage)"]
      for (output, content) in record.outputs.sorted(by: { $0.key < $1.key }) {
        lines.append("output    \(output)  \(content.digest)  \(Display.bytes(content.size))")
        guard content.kind == .tree else { continue }
        for entry in try store.tree(of: content.digest).entries {
          lines.append("            \(entry.name)  \(entry.content.digest)")
        }
      }
      for figure in record.figures {
        lines.append("result    \(figure.name) \(Display.figure(figure))")
      }
      for warning in record.warnings { lines.append("warning   \(Console.printable(warning))") }
      return (lines + ["", preimage.json(pretty: true)]).joined(separator: "\n")
    }
  }
}
