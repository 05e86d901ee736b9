import Documents
import Engine
import Store

/// The documents that `--format json` prints.
enum Document {
  static func record(_ record: Record, name: String) -> Value {
    [
      "name": .string(name), "key": .string(record.key.description),
      "preimage": .string(record.preimage.description),
      "outputs": .map(record.outputs.mapValues(content)),
      "results": .map(
        Dictionary(
          record.figures.map { figure -> (String, Value) in
            (
              figure.name,
              (figure.isCount ? Int64(exactly: figure.value).map(Value.int) : nil)
                ?? .float(figure.value)
            )
          }, uniquingKeysWith: { _, last in last })),
      "warnings": .list(record.warnings.map(Value.string)),
      "acceptances": .list(
        record.acceptances.map {
          [
            "because": .string($0.because), "from": .string($0.from.description),
            "at": .float($0.at),
          ]
        }),
    ]
  }

  static func content(_ content: Content) -> Value {
    [
      "digest": .string(content.digest.description), "sha256": .string(content.sha256.description),
      "size": .int(Int64(content.size)), "kind": content.kind == .tree ? "folder" : "file",
    ]
  }

  static func difference(_ it: Difference) -> Value {
    ["path": .string(it.path), "old": it.old ?? .null, "new": it.new ?? .null]
  }

  static func run(_ run: Run) -> Value {
    [
      "run": .string(run.hash.description), "name": .string(run.name),
      "stages": .map(run.records.mapValues { .string($0.description) }),
      "executions": .list(run.executions.map(execution)),
    ]
  }

  private static func execution(_ it: Execution) -> Value {
    var members: [String: Value] = [
      "started": .float(it.startedAt), "seconds": .float(it.seconds), "host": .string(it.host),
      "engine": .string(it.engine), "engine-digest": .string(it.engineDigest),
      "executed": .int(Int64(it.executed)), "reused": .int(Int64(it.reused)),
      "stage-seconds": .map(it.stageSeconds.mapValues(Value.float)),
    ]
    members["origin"] = it.origin.map { .string($0.digest.description) }
    members["executable"] = it.executable.map { .string($0.digest.description) }
    members["bundle"] = it.bundle.map { .string($0.description) }
    members["parent"] = it.parent.map { .string($0.description) }
    if it.isRerun { members["verdicts"] = .map(it.verdicts.mapValues { .string($0.rawValue) }) }
    return .map(members)
  }
}
