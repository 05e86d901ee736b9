import Documents
import Pipelines
public import Store

/// What a re-execution found out about one stage.
public struct RerunStage: Sendable {
  public enum Verdict: Sendable {
    /// Every output has the recorded digest.
    case same
    /// Its bytes come from outside; they were taken from the store and their digests checked.
    case checked
    /// These outputs differ from the record.
    case different([Mismatch])
  }

  /// An output that came out differently.
  public struct Mismatch: Sendable {
    public let output: String
    /// Where the first difference was found inside a folder, such as `epoch-003.safetensors`.
    public let item: String?
    /// The output on both sides, or the item of it.
    public let recorded: Content
    public let made: Content
    /// Their bytes; those recorded only where they still exist.
    public let recordedBytes: [UInt8]?
    public let madeBytes: [UInt8]
  }

  public let name: String
  public let key: Digest
  public let verdict: Verdict
  public let seconds: Double
}

extension Engine {
  /// Executes a recorded run again from its snapshot, in a fresh store with nothing but what the
  /// snapshot names, and compares every output with the record.
  ///
  /// Stops at the first stage that comes out differently: what is below it cannot come out the same.
  /// With `only`, that stage alone is executed, on the recorded outputs of the stages above it.
  ///
  /// - Throws: ``EngineError`` when the record is incomplete or of another version, ``RunFailure``
  ///   when a stage fails, `CancellationError`.
  /// - Returns: the stages executed, in order; the last one says whether all was reproduced.
  public func rerun(
    _ run: Run, only: String? = nil, options: RunOptions,
    onEvent: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> [RerunStage] {
    let lock = try await offPool { try store.lock(.shared) }
    defer { lock.release() }
    let snapshot = try await offPool { try store.snapshot(run.hash) }
    if let only, !snapshot.stages.contains(where: { $0.name == only }) {
      throw EngineError.unknownStage(only, known: snapshot.stages.map(\.name))
    }
    let work = try await offPool { () -> WorkFolder in
      try store.sweepWork { Stragglers.end(ofParams: "\($0)/") }
      return try store.makeWorkFolder()
    }
    defer { work.remove() }
    let scratch = try await offPool { try Store(at: "\(work.path)/store", create: true) }
    try await offPool { try copyFiles(of: snapshot, to: scratch, through: work.path) }

    let recorder = RerunRecorder(recorded: store, made: scratch)
    let tasks = try snapshot.stages.map(task)
    let stages = Dictionary(uniqueKeysWithValues: snapshot.stages.map { ($0.name, $0) })
    let graph = StageGraph(try needed(tasks, for: only))
    let scheduler = Scheduler(
      graph: graph, store: scratch, host: host, workFolder: work.path, options: options,
      startedAt: 0,
      supply: { task, key in
        guard task.work.bringsInBytes || (only != nil && task.name != only) else { return nil }
        return try transplant(key, stage: task.name, to: scratch, through: work.path)
      },
      check: { outcome in
        guard let recorded = stages[outcome.name]?.preimage.key else { return }
        try recorder.compare(outcome, recordedKey: recorded)
      },
      onEvent: onEvent)
    do {
      _ = try await scheduler.run()
    } catch let failure as RunFailure
      where failure.stages.allSatisfy({ $0.error is RerunRecorder.NotReproduced })
    {
      // The recorder knows which; the run was stopped there on purpose.
    }
    return recorder.stages
  }

  private func task(_ stage: Snapshot.Stage) throws -> StageTask {
    let config = stage.preimage.config ?? .map([:])
    let work = try work(stage.preimage.kind ?? "", config: config)
    guard work.version == stage.preimage.version else {
      throw EngineError.otherKindVersion(work.name, version: stage.preimage.version ?? 0)
    }
    return StageTask(
      name: stage.name, work: work, config: config, keyedConfig: config,
      seed: stage.preimage.seed, inputs: stage.inputs, tools: stage.preimage.tools)
  }

  /// All tasks, or `only` and those above it.
  private func needed(_ tasks: [StageTask], for only: String?) throws -> [StageTask] {
    guard let only else { return tasks }
    var wanted: Set<String> = [only]
    for task in tasks.reversed() where wanted.contains(task.name) {
      wanted.formUnion(task.upstream)
    }
    return tasks.filter { wanted.contains($0.name) }
  }

  private func copyFiles(of snapshot: Snapshot, to scratch: Store, through folder: String) throws {
    for stage in snapshot.stages {
      for case .file(let content) in stage.inputs.values {
        try copy(content, to: scratch, as: "\(folder)/transplant")
      }
    }
  }

  /// Copies one content by way of `path`, verified on the way.
  private func copy(_ content: Content, to scratch: Store, as path: String) throws {
    try store.deliver(content, to: path)
    defer { Folder.remove(path) }
    _ = try scratch.put(at: path)
  }

  /// Takes a recorded result over as it is: its bytes are what the snapshot names.
  private func transplant(
    _ key: Digest, stage: String, to scratch: Store, through folder: String
  ) throws -> Record {
    guard let record = try store.record(for: key) else {
      throw EngineError.neverRecorded(stage: stage, key: key)
    }
    for content in record.outputs.values {
      try copy(content, to: scratch, as: "\(folder)/transplant-\(stage)")
    }
    _ = try scratch.put(bytes: store.bytes(of: record.preimage))
    try scratch.save(record)
    return record
  }
}
