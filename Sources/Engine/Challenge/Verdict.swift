import Documents
public import Store

/// What a machine found out about a bundle: by which program it was executed again, where, and what
/// each stage made.
public struct Verdict: Sendable {
  public struct Stage: Hashable, Sendable {
    public let name: String
    public let verdict: Execution.Verdict
    /// What the stage made now; of one that was only checked, what was recorded.
    public let outputs: [String: Content]

    var isSame: Bool { verdict == .same || verdict == .checked }
  }

  /// What the re-execution ran on. None of it may change a result.
  public struct Machine: Hashable, Sendable {
    public let host: String
    public let platform: String
    /// The vector path that the arithmetic took.
    public let vectors: String
    public let threads: Int

    public init(host: String, platform: String, vectors: String, threads: Int) {
      self.host = host
      self.platform = platform
      self.vectors = vectors
      self.threads = threads
    }
  }

  /// The SHA-256 of the bundle's file.
  public let bundle: SHA256
  public let run: Digest
  public let name: String
  /// How many stages the run has; a re-execution stops at the first that differs.
  public let stageCount: Int
  public let stages: [Stage]
  public let machine: Machine
  /// The version of the program, and the XXH3-128 of its executable.
  public let engine: String
  public let engineDigest: String

  /// Whether every stage came out as it is recorded, to the last bit.
  public var isSame: Bool {
    isReproduced && stages.allSatisfy(\.isSame)
  }

  /// Whether every stage came out as it is recorded or, of those that say so, as it declares to.
  public var isReproduced: Bool {
    stages.count == stageCount && !stages.contains { $0.verdict == .different }
  }

  /// A stage that came out bit-identical in both, and yet not as the same bytes: they are about different
  /// records.
  public func contradiction(to other: Verdict) -> String? {
    let others = Dictionary(
      other.stages.filter(\.isSame).map { ($0.name, $0.outputs) }, uniquingKeysWith: { $1 })
    return stages.first { stage in
      stage.isSame && others[stage.name].map { $0 != stage.outputs } ?? false
    }?.name
  }

  /// In words.
  public var text: String {
    if isSame { return "bit-identical: \(stages.count) of \(stageCount) stages" }
    let others = stages.filter { !$0.isSame }
    let names = others.map { "'\($0.name)'" }.joined(separator: ", ")
    if isReproduced {
      return "reproduced as declared: \(stages.count - others.count) of \(stageCount) stages "
        + "bit-identical, not \(names)"
    }
    let different = others.first { $0.verdict == .different }
    return different.map { "NOT reproduced: '\($0.name)' differs" } ?? "NOT complete"
  }
}

extension Verdict {
  public init(
    _ report: RerunReport, of run: Run, bundle: SHA256, on machine: Machine, by occasion: Occasion
  ) {
    self.init(
      bundle: bundle, run: run.hash, name: run.name, stageCount: run.records.count,
      stages: report.stages.map {
        Stage(name: $0.name, verdict: $0.verdict.word, outputs: $0.contents)
      }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }, machine: machine,
      engine: occasion.engine, engineDigest: occasion.engineDigest)
  }

  static let predicateType = "urn:repro:verdict:v1"

  /// An in-toto statement (https://in-toto.io/Statement/v1) about the bundle.
  var statement: Value {
    [
      "_type": "https://in-toto.io/Statement/v1", "predicateType": .string(Self.predicateType),
      "subject": [["name": .string(name), "digest": ["sha256": .string(bundle.description)]]],
      "predicate": [
        "run": .string(run.description), "same": .bool(isSame),
        "stageCount": .int(Int64(stageCount)), "stages": .list(stages.map(\.document)),
        "machine": [
          "host": .string(machine.host), "platform": .string(machine.platform),
          "vectors": .string(machine.vectors), "threads": .int(Int64(machine.threads)),
        ],
        "engine": ["version": .string(engine), "xxh3": .string(engineDigest)],
      ],
    ]
  }

  /// Reads a statement back; `nil` for anything but what ``statement`` writes.
  init?(statement: Value) {
    guard let subject = statement["subject"]?.list?.first, let name = subject["name"]?.string,
      let bundle = subject["digest"]?["sha256"]?.string.flatMap({ try? SHA256(parsing: $0) }),
      let it = statement["predicate"],
      let run = it["run"]?.string.flatMap({ try? Digest(parsing: $0) }),
      let count = it["stageCount"]?.int, let stages = it["stages"]?.list,
      let host = it["machine"]?["host"]?.string,
      let platform = it["machine"]?["platform"]?.string,
      let vectors = it["machine"]?["vectors"]?.string,
      let threads = it["machine"]?["threads"]?.int,
      let engine = it["engine"]?["version"]?.string,
      let engineDigest = it["engine"]?["xxh3"]?.string
    else { return nil }
    let all = stages.compactMap(Stage.init)
    self.init(
      bundle: bundle, run: run, name: name, stageCount: Int(clamping: count), stages: all,
      machine: Machine(
        host: host, platform: platform, vectors: vectors, threads: Int(clamping: threads)),
      engine: engine, engineDigest: engineDigest)
    // Whatever else it says, such as another sum of its stages.
    guard self.statement == statement else { return nil }
  }
}

extension Verdict.Stage {
  fileprivate var document: Value {
    [
      "name": .string(name), "verdict": .string(verdict.rawValue),
      "outputs": .map(outputs.mapValues(\.value)),
    ]
  }

  fileprivate init?(document: Value) {
    guard let name = document["name"]?.string,
      let verdict = document["verdict"]?.string.flatMap(Execution.Verdict.init),
      let outputs = document["outputs"]?.map
    else { return nil }
    let contents = outputs.compactMapValues { try? Content(value: $0) }
    self.init(name: name, verdict: verdict, outputs: contents)
  }
}
