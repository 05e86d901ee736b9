import Documents
import Store

/// All that is said when a run is asked for, before any of it is read.
///
/// As long as none of it changes, nor any file or program that it names, nor the program that reads
/// it, it asks for the same run.
public struct RunRequest: Sendable {
  /// The pipeline file's content.
  public let pipeline: [UInt8]
  /// Its path, as it was given.
  public let file: String
  public let overrides: [String]
  public let sweeps: [String]

  public init(pipeline: [UInt8], file: String, overrides: [String], sweeps: [String] = []) {
    self.pipeline = pipeline
    self.file = file
    self.overrides = overrides
    self.sweeps = sweeps
  }

  /// What the request is remembered by; not an XXH3-128, since files come from anywhere. `nil` where
  /// it is not known what program this is.
  func sha256(_ folder: String, _ occasion: Occasion) -> SHA256? {
    guard !occasion.engineDigest.isEmpty else { return nil }
    let request: Value = [
      "engine": .string(occasion.engineDigest), "file": .string(file),
      "folder": .string(folder), "overrides": .list(overrides.map(Value.string)),
      "sweeps": .list(sweeps.map(Value.string)),
      "pipeline": .string(SHA256(hashing: pipeline).description),
    ]
    return SHA256(hashing: request.canonicalBytes)
  }
}

/// What a request came to: the run, its results, and what was outside then.
struct RunAnswer: Sendable {
  let request: SHA256
  let snapshot: Content
  let name: String
  /// The stages' names and keys, in the pipeline's order, and what came out: under a key there may be
  /// another result by now.
  let stages: [String]
  let keys: [Digest]
  let outputs: [String]
  let files: [String: Content]
  let programs: [String: Value]

  init(to request: SHA256, _ run: RunOutcome, snapshot: Content, sources: ExternalSources) {
    self.request = request
    self.snapshot = snapshot
    name = run.name
    stages = run.stages.map(\.name)
    keys = run.stages.map(\.record.key)
    outputs = run.stages.map { Self.outputs(of: $0.record) }
    files = sources.files
    programs = sources.programs
  }

  static func outputs(of record: Record) -> String {
    record.outputs.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value.kind) \($0.value.sha256)" }.joined(separator: "\n")
  }

  /// As the store keeps it.
  var value: Value {
    [
      "snapshot": snapshot.value, "name": .string(name),
      "stages": .list(stages.map(Value.string)),
      "keys": .list(keys.map { .string($0.description) }),
      "outputs": .list(outputs.map(Value.string)),
      "files": .map(files.mapValues(\.value)), "programs": .map(programs),
    ]
  }

  init?(_ value: Value, to request: SHA256) {
    do {
      guard let snapshot = value["snapshot"], let name = value["name"]?.string,
        let stages = value["stages"]?.list, let keys = value["keys"]?.list,
        let outputs = value["outputs"]?.list,
        let files = value["files"]?.map, let programs = value["programs"]?.map
      else { return nil }
      self.request = request
      self.snapshot = try Content(value: snapshot)
      self.name = name
      self.stages = stages.compactMap(\.string)
      self.keys = try keys.map { try Digest(parsing: $0.string ?? "") }
      self.outputs = outputs.compactMap(\.string)
      self.files = try files.mapValues { try Content(value: $0) }
      self.programs = programs
    } catch {
      return nil
    }
    guard self.stages.count == self.keys.count, self.outputs.count == self.keys.count else {
      return nil
    }
  }
}
