import Documents

/// A recorded run: a snapshot, the results it was made of, and every time it was executed.
public struct Run: Hashable, Sendable {
  /// The digest of the object that holds the snapshot.
  public let hash: Digest
  /// What the pipeline was called last.
  public let name: String
  /// The key of each stage, by the stage's name.
  public let records: [String: Digest]
  /// Newest first.
  public let executions: [Execution]

  public init(
    hash: Digest, name: String, records: [String: Digest], executions: [Execution] = []
  ) {
    self.hash = hash
    self.name = name
    self.records = records
    self.executions = executions
  }
}

/// One execution of a run: when, where, by what and how long; of a re-execution also how it compared.
public struct Execution: Hashable, Sendable {
  /// How a stage that was executed again compared with its record.
  public enum Verdict: String, Hashable, Sendable {
    case same
    case different
    /// Its bytes come from outside; they were there, and their digests right.
    case checked
    /// Its numbers differ, by no more than its stage declares to be the same.
    case withinTolerance = "within-tolerance"
    /// Its bytes differ, as its stage declares that they may.
    case notCompared = "not-compared"
  }

  /// Seconds since 1970.
  public let startedAt: Double
  public let seconds: Double
  public let host: String
  /// Version of the program, and the digest of its executable.
  public let engine: String
  public let engineDigest: String
  /// How many stages were computed, and how many results were there already.
  public let executed: Int
  public let reused: Int
  /// How long the computed stages took, by name.
  public let stageSeconds: [String: Double]
  /// Of a re-execution what it found, by stage; of any other nothing.
  public let verdicts: [String: Verdict]
  /// The object that says how the run was asked for. It is kept as long as the run, with all it names.
  public let origin: Content?
  /// The executable that the digest is of, likewise.
  public let executable: Content?
  /// The run that this one was made from by changing something.
  public let parent: Digest?
  /// The file that the run came in, with its ``executable``: nothing was executed then.
  public let bundle: SHA256?

  public var isRerun: Bool { !verdicts.isEmpty }
  /// Whether all that it executed again came out the same to the last bit.
  public var isSame: Bool { verdicts.values.allSatisfy { $0 == .same || $0 == .checked } }
  /// Whether something that it executed again came out otherwise than its stage declares.
  public var isDifferent: Bool { verdicts.values.contains(.different) }

  public init(
    startedAt: Double, seconds: Double, host: String, engine: String, engineDigest: String,
    executed: Int, reused: Int, stageSeconds: [String: Double] = [:],
    verdicts: [String: Verdict] = [:], origin: Content? = nil, executable: Content? = nil,
    parent: Digest? = nil, bundle: SHA256? = nil
  ) {
    self.startedAt = startedAt
    self.seconds = seconds
    self.host = host
    self.engine = engine
    self.engineDigest = engineDigest
    self.executed = executed
    self.reused = reused
    self.stageSeconds = stageSeconds
    self.verdicts = verdicts
    self.origin = origin
    self.executable = executable
    self.parent = parent
    self.bundle = bundle
  }
}

extension Run {
  /// Without the executions, which are documents of their own.
  var document: Value {
    [
      "type": "run", "run": .string(hash.description), "name": .string(name),
      "records": .map(records.mapValues { .string($0.description) }),
    ]
  }

  init(document: Value, executions: [Execution] = []) throws(StoreError) {
    guard document["type"]?.string == "run", let hash = document["run"]?.string,
      let name = document["name"]?.string, let records = document["records"]?.map
    else { throw .malformedDocument("run") }
    var keys: [String: Digest] = [:]
    for (name, key) in records { keys[name] = try Digest(parsing: key.string ?? "") }
    self.init(
      hash: try Digest(parsing: hash), name: name, records: keys, executions: executions)
  }
}

extension Execution {
  func document(run: Digest) -> Value {
    var members: [String: Value] = [
      "type": "execution", "run": .string(run.description), "started-at": .float(startedAt),
      "seconds": .float(seconds), "host": .string(host), "engine": .string(engine),
      "engine-digest": .string(engineDigest), "executed": .int(Int64(executed)),
      "reused": .int(Int64(reused)), "stage-seconds": .map(stageSeconds.mapValues(Value.float)),
    ]
    members["origin"] = origin?.value
    members["executable"] = executable?.value
    members["parent"] = parent.map { .string($0.description) }
    members["bundle"] = bundle.map { .string($0.description) }
    if isRerun { members["verdicts"] = .map(verdicts.mapValues { .string($0.rawValue) }) }
    return .map(members)
  }

  init(document: Value) throws(StoreError) {
    guard document["type"]?.string == "execution", let startedAt = document["started-at"]?.float,
      let seconds = document["seconds"]?.float, let host = document["host"]?.string,
      let engine = document["engine"]?.string,
      let engineDigest = document["engine-digest"]?.string,
      let executed = document["executed"]?.int, let reused = document["reused"]?.int,
      let stageSeconds = document["stage-seconds"]?.map
    else { throw .malformedDocument("execution") }
    var verdicts: [String: Verdict] = [:]
    for (stage, word) in document["verdicts"]?.map ?? [:] {
      guard let verdict = word.string.flatMap(Verdict.init) else {
        throw .malformedDocument("execution")
      }
      verdicts[stage] = verdict
    }
    self.init(
      startedAt: startedAt, seconds: seconds, host: host, engine: engine,
      engineDigest: engineDigest, executed: Int(clamping: executed), reused: Int(clamping: reused),
      stageSeconds: stageSeconds.compactMapValues(\.float), verdicts: verdicts,
      origin: try document["origin"].map { value throws(StoreError) in try Content(value: value) },
      executable: try document["executable"].map { value throws(StoreError) in
        try Content(value: value)
      },
      parent: try document["parent"]?.string.map { text throws(StoreError) in
        try Digest(parsing: text)
      },
      bundle: try document["bundle"]?.string.map { text throws(StoreError) in
        try SHA256(parsing: text)
      })
  }
}
