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
    let outcome = try await run(
      Study(pipeline), folder: folder, options: options, occasion: occasion, request: request,
      madeFrom: parent, onEvent: onEvent)
    guard let run = outcome.points[0].run else {
      throw outcome.failure ?? RunFailure(stages: [], skipped: [])
    }
    return run
  }

  func run(
    _ study: Study, folder: String, options given: RunOptions, occasion: Occasion,
    request: RunRequest?, madeFrom parent: RunParent?,
    onEvent: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> StudyOutcome {
    var changed = given
    changed.force = try forced(given.force, in: study)
    changed.keepsGoing = given.keepsGoing || study.points.count > 1
    let options = changed
    let lock = try await offPool { try store.lock(.shared) }
    defer { lock.release() }
    let (tasks, sources) = try await offPool {
      var sources = ExternalSources(
        store: store, folder: folder, keepsFiles: true, options: options,
        files: parent?.files ?? [:])
      return (try self.tasks(of: study.whole, reading: &sources), sources)
    }
    let work = try await offPool { () -> WorkFolder in
      try sweep()
      return try store.makeWorkFolder()
    }
    defer { work.remove() }
    let start = ContinuousClock.now
    let circumstances = Circumstances(
      store: store, folder: parent == nil ? folder : nil, scratch: work.path, options: options,
      occasion: occasion)
    let labels = Gathered<(name: String, key: Digest)>()
    let settled = Gathered<StageOutcome>()
    let failedLogs = FailedLogs(store, pipeline: study.name)
    let scheduler = Scheduler(
      graph: StageGraph(tasks), store: store, host: host, workFolder: work.path, options: options,
      startedAt: occasion.startedAt, pipeline: study.name,
      check: { outcome in
        labels.add((Self.label(pipeline: study.name, stage: outcome.name), outcome.record.key))
        if study.points.count > 1 { settled.add(outcome) }
      },
      keepLog: { task, folder in failedLogs.keep(folder.log, of: task.name) },
      onEvent: { event in
        if case .started = event { circumstances.look() }
        onEvent(event)
      })
    @Sendable func recorder(_ found: Circumstances.Found) -> StudyRecorder {
      StudyRecorder(
        engine: self, study: study, tasks: StudyTasks(study, tasks), sources: sources,
        occasion: occasion, request: request, parent: parent, found: found,
        seconds: (ContinuousClock.now - start) / .seconds(1))
    }
    // Also of a run that fails: they tell the next one what has changed since.
    defer { try? store.label(labels.all) }
    let outcomes: [StageOutcome]
    let failure: RunFailure?
    do {
      (outcomes, failure) = try await scheduler.runThrough()
    } catch {
      await circumstances.giveUp()
      // Points that are whole are runs, whatever became of the others.
      let whole = settled.all
      if !whole.isEmpty { _ = try? await offPool { try recorder(.init()).record(whole, nil) } }
      throw error
    }
    let found = await circumstances.found()
    return try await offPool { try recorder(found).record(outcomes, failure) }
  }

  /// - Throws: ``EngineError/unknownStage(_:known:)`` for a name that no stage has.
  func requireStages(_ names: Set<String>, of pipeline: ResolvedPipeline) throws {
    let known = pipeline.stages.map(\.name)
    for name in names.sorted() where !known.contains(name) {
      throw EngineError.unknownStage(name, known: known)
    }
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
