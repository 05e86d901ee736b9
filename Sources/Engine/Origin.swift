public import Documents
import Pipelines
public import Store

/// How a run was asked for, and from what: the file and the overrides as they were given, the pipeline they
/// came to, what was read from outside, and the state of the git repository that the file lay in.
///
/// It is kept beside the run, with the execution. The run's hash does not depend on it: the same experiment
/// has the same name however it was written.
public struct Origin: Sendable {
  /// The pipeline file.
  public let pipeline: Content
  public let file: String
  public let overrides: [String]
  /// All defaults filled in, as in `ResolvedPipeline.value`.
  public let resolved: Value
  /// What the inputs `file:PATH` contained, by these paths.
  public let files: [String: Content]
  /// The programs that commands declare.
  public let tools: [String: Content]
  public let repository: Repository?

  /// The commit that was checked out, and what was not committed.
  public struct Repository: Hashable, Sendable {
    public let commit: String
    /// As `git apply` takes it; `nil` if there was nothing.
    public let patch: Content?
  }
}

/// A run that another is made from by changing something.
public struct RunParent: Sendable {
  public let run: Digest
  /// What its inputs `file:PATH` contained, by these paths.
  public let files: [String: Content]

  public init(run: Digest, files: [String: Content]) {
    self.run = run
    self.files = files
  }
}

extension Origin {
  var value: Value {
    [
      "type": "origin", "pipeline": pipeline.value, "file": .string(file),
      "overrides": .list(overrides.map(Value.string)), "resolved": resolved,
      "files": .map(files.mapValues(\.value)), "tools": .map(tools.mapValues(\.value)),
      "git": repository.map {
        ["commit": .string($0.commit), "patch": $0.patch?.value ?? .null]
      } ?? .null,
    ]
  }

  /// `nil` for another document.
  init?(value: Value) {
    guard value["type"]?.string == "origin", let file = value["file"]?.string,
      let pipeline = value["pipeline"].flatMap({ try? Content(value: $0) }),
      let overrides = value["overrides"]?.list, let resolved = value["resolved"],
      let files = value["files"]?.map, let tools = value["tools"]?.map
    else { return nil }
    self.pipeline = pipeline
    self.file = file
    self.overrides = overrides.compactMap(\.string)
    self.resolved = resolved
    self.files = files.compactMapValues { try? Content(value: $0) }
    self.tools = tools.compactMapValues { try? Content(value: $0) }
    repository = value["git"]?["commit"]?.string.map { commit in
      Repository(
        commit: commit, patch: value["git"]?["patch"].flatMap { try? Content(value: $0) })
    }
  }
}

extension Store {
  /// How an execution was asked for; `nil` if that is not on record, or lost.
  public func origin(of execution: Execution) -> Origin? {
    guard let digest = execution.origin?.digest, let bytes = try? bytes(of: digest),
      let value = try? Value(canonical: bytes)
    else { return nil }
    return Origin(value: value)
  }
}
