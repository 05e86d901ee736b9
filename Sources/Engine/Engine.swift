import Pipelines
public import Store

/// Runs, plans and re-executes pipelines over one store.
public struct Engine: Sendable {
  public let store: Store
  public let kinds: KindRegistry
  let executor: LocalExecutor

  /// - Parameters:
  ///   - store: where results are looked up and kept.
  ///   - kinds: the stage kinds that pipelines may use.
  ///   - program: absolute path of the program that fulfils the job contract (``StageProcess``).
  ///   - arguments: what the program is told before the path of the job file.
  public init(store: Store, kinds: KindRegistry, program: String, arguments: [String]) {
    self.store = store
    self.kinds = kinds
    executor = LocalExecutor(program: program, arguments: arguments)
  }
}

/// How stages are to be executed. None of it can change a result.
public struct RunOptions: Sendable {
  /// How many stages run at once, and how many threads they share.
  public var jobs: Int
  public var threads: Int
  /// Stages computed even if their result is recorded.
  public var force: Set<String>
  /// Handed to every stage: see ``StageContext/setting(_:)``.
  public var settings: [String: String]

  public init(jobs: Int, threads: Int, force: Set<String> = [], settings: [String: String] = [:]) {
    self.jobs = jobs
    self.threads = threads
    self.force = force
    self.settings = settings
  }
}

/// When, where and by what a run was executed: kept beside the run, never in its hash.
public struct Occasion: Sendable {
  /// Seconds since 1970.
  public var startedAt: Double
  public var host: String
  /// Version of the program, and the digest of its executable.
  public var engine: String
  public var engineDigest: String

  public init(startedAt: Double, host: String, engine: String, engineDigest: String) {
    self.startedAt = startedAt
    self.host = host
    self.engine = engine
    self.engineDigest = engineDigest
  }
}

extension Engine {
  /// The label under which a stage's keys are remembered, to explain later why it runs again.
  static func label(pipeline: String, stage: String) -> String { "\(pipeline)/\(stage)" }

  /// The pipeline's stages as tasks; with `keepsFiles` its external files are taken into the store.
  func tasks(
    of pipeline: ResolvedPipeline, folder: String, keepsFiles: Bool
  ) throws -> [StageTask] {
    try pipeline.stages.map { stage in
      var inputs: [String: Snapshot.Source] = [:]
      for (name, reference) in stage.inputs {
        switch reference {
        case .output(let from, let output, let item):
          inputs[name] = .output(stage: from, output: output, item: item)
        case .file(let path):
          let whole = "\(folder)/\(path)"
          guard Folder.exists(whole) else {
            throw EngineError.missingFile(path, stage: stage.name, input: name)
          }
          inputs[name] = .file(try keepsFiles ? store.put(at: whole) : store.content(at: whole))
        }
      }
      return StageTask(
        name: stage.name, kind: try kind(stage.kind), config: stage.config,
        keyedConfig: stage.keyedConfig, seed: stage.seed, inputs: inputs)
    }
  }

  func kind(_ name: String) throws -> any StageKind.Type {
    guard let kind = kinds.kind(named: name) else {
      throw EngineError.otherKindVersion(name, version: 1)
    }
    return kind
  }
}
