import Documents
import Pipelines
public import Store

/// Runs, plans and re-executes pipelines over one store.
public struct Engine: Sendable {
  public let store: Store
  public let kinds: KindRegistry
  var host: StageHost
  /// Whether kinds are what records say of them: the program that computes them need not be this one.
  var trustsRecord = false
  let numbers: NumberComparison

  /// - Parameters:
  ///   - store: where results are looked up and kept.
  ///   - kinds: the stage kinds that pipelines may use.
  ///   - program: absolute path of the program that fulfils the job contract (``StageProcess``).
  ///   - arguments: what the program is told before the path of the job file.
  ///   - numbers: opens outputs that need to be the same only to within a tolerance.
  public init(
    store: Store, kinds: KindRegistry, program: String, arguments: [String],
    numbers: @escaping NumberComparison = { _, _, _ in nil }
  ) {
    self.store = store
    self.kinds = kinds
    host = StageHost(program: program, arguments: arguments)
    self.numbers = numbers
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
  /// Bytes of memory that the running stages may declare in all.
  public var memory: Int
  /// Whether stages that do not depend on a failed one are still started.
  public var keepsGoing: Bool
  /// How often a failed stage is tried again that does not say itself.
  public var retries: Int
  /// Where the programs of commands are looked for, as in `PATH`.
  public var searchPath: String
  /// Seconds after which a stage is killed, by its name: one after each start until none is left. To see
  /// that it goes on to the same bits.
  public var kills: [String: [Double]] = [:]
  /// Whether external files are read again though nothing about them has changed.
  public var isParanoid: Bool

  public init(
    jobs: Int, threads: Int, force: Set<String> = [], settings: [String: String] = [:],
    memory: Int = .max, keepsGoing: Bool = false, retries: Int = 0,
    searchPath: String = "/usr/local/bin:/usr/bin:/bin", isParanoid: Bool = false
  ) {
    self.jobs = jobs
    self.threads = threads
    self.force = force
    self.settings = settings
    self.memory = memory
    self.keepsGoing = keepsGoing
    self.retries = retries
    self.searchPath = searchPath
    self.isParanoid = isParanoid
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
  /// The executable's path where it is to be kept, with what it computes; `nil` keeps none.
  public var executable: String?

  public init(
    startedAt: Double, host: String, engine: String, engineDigest: String,
    executable: String? = nil
  ) {
    self.startedAt = startedAt
    self.host = host
    self.engine = engine
    self.engineDigest = engineDigest
    self.executable = executable
  }
}

extension Engine {
  /// The label under which a stage's keys are remembered, to explain later why it runs again.
  static func label(pipeline: String, stage: String) -> String { "\(pipeline)/\(stage)" }

  /// Ends and removes what killed runs have left at work.
  func sweep() throws { try store.sweepWork { Stragglers.end(ofParams: "\($0)/") } }

  func work(_ kind: String, config: Value) throws -> Work {
    if kind == CommandFields.kind, let command = Command(config: config) {
      return .command(command)
    }
    guard let kind = kinds.kind(named: kind) else {
      throw EngineError.otherKindVersion(kind, version: 1)
    }
    return .kind(kind)
  }
}
