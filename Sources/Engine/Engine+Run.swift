import Documents
public import Pipelines
import Store

extension Engine {
  /// Runs the pipeline: computes what the store does not have, then records the run.
  ///
  /// Of a run made from a `parent` the files are those that this one read, wherever they may be now.
  /// `folder` is the one that `file:` inputs are relative to. What the `request` came to is remembered:
  /// see
  /// ``repeated(_:folder:options:occasion:)``.
  ///
  /// - Returns: the run's hash and what became of each stage.
  /// - Throws: ``EngineError`` or `StoreError` before anything runs, ``RunFailure`` when stages
  ///   failed, `CancellationError` when interrupted. Results of finished stages stay in the store.
  public func run(
    _ pipeline: ResolvedPipeline, folder: String, options: RunOptions, occasion: Occasion,
    request: RunRequest? = nil, madeFrom parent: RunParent? = nil,
    onEvent: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> RunOutcome {
    try requireStages(options.force, of: pipeline)
    let lock = try await offPool { try store.lock(.shared) }
    defer { lock.release() }
    let (tasks, sources) = try await offPool {
      var sources = ExternalSources(
        store: store, folder: folder, keepsFiles: true, options: options,
        files: parent?.files ?? [:])
      return (try self.tasks(of: pipeline, reading: &sources), sources)
    }
    let work = try await offPool { () -> WorkFolder in
      try sweep()
      return try store.makeWorkFolder()
    }
    defer { work.remove() }
    let start = ContinuousClock.now
    let graph = StageGraph(tasks)
    let circumstances = Circumstances(
      store: store, folder: parent == nil ? folder : nil, scratch: work.path, options: options,
      occasion: occasion)
    let labels = Gathered<(name: String, key: Digest)>()
    let failedLogs = FailedLogs(store, pipeline: pipeline.name)
    let scheduler = Scheduler(
      graph: graph, store: store, host: host, workFolder: work.path, options: options,
      startedAt: occasion.startedAt, pipeline: pipeline.name,
      check: { outcome in
        let label = Self.label(pipeline: pipeline.name, stage: outcome.name)
        labels.add((label, outcome.record.key))
      },
      keepLog: { task, folder in failedLogs.keep(folder.log, of: task.name) },
      onEvent: { event in
        if case .started = event { circumstances.look() }
        onEvent(event)
      })
    // Also of a run that fails: they tell the next one what has changed since.
    defer { try? store.label(labels.all) }
    let outcomes: [StageOutcome]
    do {
      outcomes = try await scheduler.run()
    } catch {
      await circumstances.giveUp()
      throw error
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let found = await circumstances.found()
    return try await offPool {
      let (run, snapshot) = try record(outcomes, tasks, name: pipeline.name)
      let answer =
        parent != nil
        ? nil
        : request?.sha256(folder, occasion).map {
          RunAnswer(to: $0, run, snapshot: snapshot, sources: sources)
        }
      // Good to know, but not worth a run that is done.
      let origin = request.flatMap {
        try? keepOrigin($0, of: pipeline, sources, found.repository)
      }
      try addExecution(
        of: run, occasion, seconds: seconds, answer: answer, origin: origin,
        executable: found.executable, parent: parent?.run)
      return run
    }
  }

  /// - Throws: ``EngineError/unknownStage(_:known:)`` for a name that no stage has.
  func requireStages(_ names: Set<String>, of pipeline: ResolvedPipeline) throws {
    let known = pipeline.stages.map(\.name)
    for name in names.sorted() where !known.contains(name) {
      throw EngineError.unknownStage(name, known: known)
    }
  }

  private func record(
    _ outcomes: [StageOutcome], _ tasks: [StageTask], name: String
  ) throws -> (RunOutcome, snapshot: Content) {
    let snapshot = Snapshot(
      stages: zip(tasks, outcomes).map { task, outcome in
        .init(
          name: task.name, preimage: outcome.preimage, inputs: task.inputs,
          reproducible: task.reproducible)
      })
    let stored = try store.put(bytes: snapshot.canonicalBytes)
    let run = RunOutcome(
      runHash: stored.digest, name: name,
      stages: outcomes.map {
        .init(name: $0.name, record: $0.record, wasReused: $0.wasReused, seconds: $0.seconds)
      })
    try store.saveRun(
      hash: run.runHash, name: name,
      records: Dictionary(uniqueKeysWithValues: run.stages.map { ($0.name, $0.record.key) }))
    return (run, stored)
  }

  /// Stores how the run was asked for, with the file and the programs that commands declare.
  private func keepOrigin(
    _ request: RunRequest, of pipeline: ResolvedPipeline, _ sources: ExternalSources,
    _ repository: Origin.Repository?
  ) throws -> Content {
    // One that was replaced meanwhile is not what was used.
    let tools = sources.tools.filter { name, content in
      let tool = Tool.find(name, searching: sources.options.searchPath)
      return tool.flatMap { try? store.put(at: $0.path) } == content
    }
    let origin = Origin(
      pipeline: try store.put(bytes: request.pipeline), file: request.file,
      overrides: request.overrides, resolved: pipeline.value, files: sources.files,
      tools: tools, repository: repository)
    return try store.put(bytes: origin.value.canonicalBytes)
  }

  /// Notes when, where and by what the run was executed, and what request it is the answer to.
  func addExecution(
    of run: RunOutcome, _ occasion: Occasion, seconds: Double, answer: RunAnswer? = nil,
    origin: Content? = nil, executable: Content? = nil, parent: Digest? = nil
  ) throws {
    let timed = run.stages.filter { !$0.wasReused }.map { ($0.name, $0.seconds) }
    try store.addExecution(
      run: run.runHash,
      Execution(
        startedAt: occasion.startedAt, seconds: seconds, host: occasion.host,
        engine: occasion.engine, engineDigest: occasion.engineDigest, executed: run.executed,
        reused: run.reused, stageSeconds: Dictionary(uniqueKeysWithValues: timed), origin: origin,
        executable: executable, parent: parent),
      answering: answer.map { ($0.request, $0.value) })
  }
}
