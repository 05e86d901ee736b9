import Documents
import Glibc
import Pipelines
public import Store

extension Engine {
  /// Executes a recorded run again from its snapshot, in a fresh store with nothing but what the
  /// snapshot names, compares every output with the record, and notes beside the run what came of it.
  ///
  /// Stops at the first stage that comes out otherwise than it declares: what is below it cannot come
  /// out the same. Below one that may differ, and does, stages read what was recorded.
  /// A command that does so is executed once more, to see whether it agrees with itself.
  ///
  /// Only the stages of the `selection` are executed, and those above whose outputs are gone. What they
  /// make is left in the folder `kept`, which is made: `kept/stage/output`, also what differs.
  ///
  /// - Returns: what it found out about each stage.
  /// - Throws: ``EngineError`` when the record is incomplete or of another version, ``RunFailure``
  ///   when a stage fails, `CancellationError`.
  public func rerun(
    _ run: Run, _ selection: RerunSelection = .all, keeping kept: String? = nil,
    options: RunOptions, occasion: Occasion, onEvent: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> RerunReport {
    let start = ContinuousClock.now
    let lock = try await offPool { try store.lock(.shared) }
    defer { lock.release() }
    let snapshot = try await offPool { try store.snapshot(run.hash) }
    if let stage = selection.stage, !snapshot.stages.contains(where: { $0.name == stage }) {
      throw EngineError.unknownStage(stage, known: snapshot.stages.map(\.name))
    }
    // Not `Folder.make`, which empties what stands there.
    if let kept, mkdir(kept, 0o755) != 0 {
      throw EngineError.system("mkdir", path: kept, errno: errno)
    }
    let stages = try await reexecute(
      snapshot, selection, keeping: kept, options: options, onEvent: onEvent)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try await offPool { try note(stages, of: run, occasion, seconds: seconds) }
    var cause: RerunReport.Cause?
    if let different = stages.last, different.isDifferent, options.kills.isEmpty,
      let stage = snapshot.stages.first(where: { $0.name == different.name })
    {
      cause = try await self.cause(
        of: different, stage, snapshot, options: options, occasion: occasion, onEvent: onEvent)
    }
    return RerunReport(stages: stages, cause: cause)
  }

  /// Executes the chosen stages in a fresh store; the last one is the first that came out differently.
  private func reexecute(
    _ snapshot: Snapshot, _ selection: RerunSelection, keeping kept: String?, options: RunOptions,
    onEvent: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> [RerunStage] {
    let work = try await offPool { () -> WorkFolder in
      try sweep()
      return try store.makeWorkFolder()
    }
    defer { work.remove() }
    let (needed, chosen) = chosen(selection, of: snapshot.stages)
    let tasks = try needed.map(task)
    // Beside the folders of the stages, none of which is called so.
    let scratch = try await offPool { try Store(at: "\(work.path)/.store", create: true) }
    try await offPool { try copyFiles(of: needed, to: scratch, through: work.path) }
    let recorder = RerunRecorder(recorded: store, made: scratch, numbers: numbers)
    let stages = Dictionary(uniqueKeysWithValues: needed.map { ($0.name, $0) })
    let scheduler = Scheduler(
      graph: StageGraph(tasks), store: scratch, host: host, workFolder: work.path,
      options: options, startedAt: 0,
      supply: { task, key in
        if !task.work.bringsInBytes, chosen.contains(task.name) { return nil }
        do {
          return try transplant(key, stage: task.name, to: scratch, through: work.path)
        } catch let error as StoreError where error.isDamage && !task.work.bringsInBytes {
          // Evicted or lost: it is computed, too, and compared.
          return nil
        }
      },
      check: { outcome in
        guard chosen.contains(outcome.name) || !outcome.wasReused, let stage = stages[outcome.name]
        else { return }
        try recorder.compare(
          outcome, recordedKey: stage.preimage.key, reproducible: stage.reproducible
        ) { content, output in
          guard let folder = kept.map({ "\($0)/\(outcome.name)" }) else { return }
          guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw EngineError.system("mkdir", path: folder, errno: errno)
          }
          Folder.remove("\(folder)/\(output)")
          try scratch.deliver(content, to: "\(folder)/\(output)")
        }
      },
      instead: { outcome in
        guard recorder.mayDiffer(outcome.name), let key = stages[outcome.name]?.preimage.key,
          needed.contains(where: { $0.upstream.contains(outcome.name) })
        else { return nil }
        do {
          return try transplant(key, stage: outcome.name, to: scratch, through: work.path)
        } catch let error as StoreError where error.isDamage {
          throw EngineError.recordIsGone(stage: outcome.name)
        }
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

  /// Notes the re-execution among the run's executions.
  private func note(
    _ stages: [RerunStage], of run: Run, _ occasion: Occasion, seconds: Double
  ) throws {
    let computed = stages.filter { $0.verdict.word != .checked }
    try store.addExecution(
      run: run.hash,
      Execution(
        startedAt: occasion.startedAt, seconds: seconds, host: occasion.host,
        engine: occasion.engine, engineDigest: occasion.engineDigest, executed: computed.count,
        reused: stages.count - computed.count,
        stageSeconds: Dictionary(uniqueKeysWithValues: computed.map { ($0.name, $0.seconds) }),
        verdicts: Dictionary(uniqueKeysWithValues: stages.map { ($0.name, $0.verdict.word) })))
  }

  /// What is most likely to blame for a stage that came out differently; `nil` if nothing is known.
  private func cause(
    of different: RerunStage, _ stage: Snapshot.Stage, _ snapshot: Snapshot,
    options: RunOptions, occasion: Occasion, onEvent: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> RerunReport.Cause? {
    guard stage.preimage.kind == CommandFields.kind else {
      guard
        let maker = try await offPool({
          try ResultMakers(of: [different.key], in: store)[different.key]
        })
      else { return nil }
      if maker.engineDigest == occasion.engineDigest { return .recordOrMachine }
      return .engine(recorded: "\(maker.engine) (\(maker.engineDigest.prefix(12)))")
    }
    do {
      let again = try await reexecute(
        snapshot, .only(stage.name), keeping: nil, options: options, onEvent: onEvent)
      if again.last?.made != different.made { return .disagreesWithItself }
    } catch is RunFailure {
      // It did not fail a moment ago.
      return .disagreesWithItself
    } catch is StoreError {
      return nil
    }
    var sources = ExternalSources(store: store, folder: "/", keepsFiles: false, options: options)
    let changed = stage.preimage.tools.filter {
      !sources.still(hold: [:], programs: [$0.key: $0.value])
    }
    return changed.isEmpty ? .undeclared : .tools(changed.keys.sorted())
  }

  private func task(_ stage: Snapshot.Stage) throws -> StageTask {
    let config = stage.preimage.config ?? .map([:])
    let work = try recordedWork(stage) ?? work(stage.preimage.kind ?? "", config: config)
    guard work.version == stage.preimage.version else {
      throw EngineError.otherKindVersion(work.name, version: stage.preimage.version ?? 0)
    }
    return StageTask(
      name: stage.name, work: work, config: config, keyedConfig: config,
      seed: stage.preimage.seed, inputs: stage.inputs, tools: stage.preimage.tools)
  }

  /// The stages that are needed, and the names of those that are to be executed again.
  private func chosen(
    _ selection: RerunSelection, of stages: [Snapshot.Stage]
  ) -> (needed: [Snapshot.Stage], chosen: Set<String>) {
    var chosen: Set<String>
    switch selection {
    case .all: return (stages, Set(stages.map(\.name)))
    case .only(let stage): chosen = [stage]
    case .from(let stage):
      chosen = [stage]
      for it in stages where !it.upstream.isDisjoint(with: chosen) { chosen.insert(it.name) }
    }
    var needed = chosen
    for stage in stages.reversed() where needed.contains(stage.name) {
      needed.formUnion(stage.upstream)
    }
    return (stages.filter { needed.contains($0.name) }, chosen)
  }

  private func copyFiles(
    of stages: [Snapshot.Stage], to scratch: Store, through folder: String
  ) throws {
    for stage in stages {
      for case .file(let content) in stage.inputs.values {
        try copy(content, to: scratch, as: "\(folder)/.transplant")
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
      try copy(content, to: scratch, as: "\(folder)/.transplant-\(stage)")
    }
    _ = try scratch.put(bytes: store.bytes(of: record.preimage))
    // One that was evicted may be whole all the same: its bytes are those of something else, too.
    let whole = record.restored
    try scratch.save(whole)
    return whole
  }
}
