import Documents
import Pipelines

/// The job file: all that a stage's process is told. The same for every executor.
struct Job: Sendable {
  var kind: String
  /// The kind's version that the key was made with; another one refuses the job.
  var version: Int
  var config: Value
  var seed: UInt64
  /// Names of the inputs laid out under `inputs/`.
  var inputs: Set<String>
  /// Names of the outputs that are folders.
  var folderOutputs: [String]
  /// Absolute path of the folder that holds `inputs/`, `outputs/`, `events.jsonl` and `log.txt`.
  var folder: String
  /// Absolute path of the folder where its state is kept and its outputs lie, if it keeps one.
  var partial: String?
  var threads: Int
  var settings: [String: String]
  /// The process whose death ends the stage, where the executor is local.
  var parent: Int32?

  var eventsPath: String { "\(folder)/events.jsonl" }
  var logPath: String { "\(folder)/log.txt" }
  var path: String { "\(folder)/job.json" }
}

extension Job {
  var value: Value {
    [
      "type": "job", "kind": .string(kind), "version": .int(Int64(version)), "config": config,
      "seed": .string(String(seed)), "inputs": .list(inputs.sorted().map(Value.string)),
      "folder-outputs": .list(folderOutputs.map(Value.string)), "folder": .string(folder),
      "partial": partial.map(Value.string) ?? .null,
      "threads": .int(Int64(threads)),
      "settings": .map(settings.mapValues(Value.string)),
      "parent": parent.map { .int(Int64($0)) } ?? .null,
    ]
  }

  init(value: Value, path: String) throws(EngineError) {
    guard value["type"]?.string == "job", let kind = value["kind"]?.string,
      let version = value["version"]?.int, let config = value["config"],
      let seed = value["seed"]?.string.flatMap(UInt64.init), let inputs = value["inputs"]?.list,
      let folder = value["folder"]?.string,
      let folderOutputs = value["folder-outputs"]?.list, let threads = value["threads"]?.int,
      let settings = value["settings"]?.map
    else { throw .malformedJob(path) }
    self.init(
      kind: kind, version: Int(clamping: version), config: config, seed: seed,
      inputs: Set(inputs.compactMap(\.string)), folderOutputs: folderOutputs.compactMap(\.string),
      folder: folder,
      partial: value["partial"]?.string, threads: Int(clamping: threads),
      settings: settings.compactMapValues(\.string),
      parent: value["parent"]?.int.map { Int32(clamping: $0) })
  }
}
