import Documents
import Glibc
import Pipelines
import Store
import Synchronization

/// Executes stages in the order of their inputs, several at a time, reusing what is recorded.
struct Scheduler: Sendable {
  let graph: StageGraph
  let store: Store
  let host: StageHost
  let workFolder: String
  let options: RunOptions
  /// When the run was started, in seconds since 1970.
  let startedAt: Double
  private let start = ContinuousClock.now
  /// The name of the pipeline, under which results are remembered; `nil` remembers none.
  var pipeline: String?
  /// A result from elsewhere for a stage of this key, taken instead of computing it.
  var supply: @Sendable (StageTask, Digest) throws -> Record? = { _, _ in nil }
  /// Called with each result before the stages below are started; throwing ends the run.
  var check: @Sendable (StageOutcome) throws -> Void = { _ in }
  /// Where the log of a failed stage goes; `nil` forgets it.
  var keepLog: @Sendable (StageTask, StageFolder) -> Void = { _, _ in }
  let onEvent: @Sendable (RunEvent) -> Void

  /// How many stages are looked up before those that can start are started.
  private static let sweepLength = 256

  /// Runs all stages; after a failure nothing new is started — or, if so told, nothing that depends
  /// on it — but what runs may finish.
  ///
  /// - Throws: ``RunFailure`` naming the stages that failed, or `CancellationError`.
  func run() async throws -> [StageOutcome] {
    var standing = Standing(
      graph, seconds: { expectedSeconds() }, keepsGoing: options.keepsGoing)
    let sandbox = SandboxProbe(searching: options.searchPath)
    let shares = ThreadShares(of: options.threads)
    let notices = Mutex<Set<String>>([])
    let say: @Sendable (RunEvent) -> Void = { event in
      if case .notice(let text) = event {
        guard notices.withLock({ $0.insert(text).inserted }) else { return }
      }
      onEvent(event)
    }
    try await withThrowingTaskGroup(of: Standing.Completion.self) { group in
      while !Task.isCancelled {
        let before = standing
        let (now, isSettled) = try await offPool { try store.lookingUp { try look(before) } }
        standing = now
        while let stage = standing.next(within: options) {
          guard let lookUp = standing.lookUps[stage] else { break }
          let surroundings = Surroundings(sandbox: sandbox, shares: shares, say: say)
          group.addTask { await complete(stage, lookUp, surroundings) }
        }
        if !isSettled { continue }
        guard let completion = try await group.next() else { break }
        standing.note(completion)
        if case .computed(let stage, let computed) = completion {
          group.addTask { await record(stage, computed) }
        }
      }
    }
    try Task.checkCancellation()
    guard standing.failures.isEmpty else {
      throw RunFailure(stages: standing.failures, skipped: standing.skipped)
    }
    return standing.inOrder
  }

  private func label(_ task: StageTask) -> String {
    pipeline.map { Engine.label(pipeline: $0, stage: task.name) } ?? ""
  }

  /// How long each stage took when it was last computed, in the order of the tasks; a second where
  /// that is not known.
  private func expectedSeconds() -> [Double] {
    let labels = graph.tasks.map(label)
    let newest = (try? store.newestResults(labelled: pipeline == nil ? [] : labels)) ?? [:]
    return labels.map { newest[$0]?.seconds ?? 1 }
  }

  // MARK: Looking up

  /// Looks up stages whose inputs are known, and those below them in turn; `isSettled` if none is left.
  ///
  /// Recorded results are first believed to be whole, and then looked at all at once; only if that
  /// does not hold, one by one.
  private func look(_ standing: Standing) throws -> (Standing, isSettled: Bool) {
    if pipeline != nil {
      let sweep = sweep(standing, believes: true)
      let contents = sweep.reused.lazy.filter { !$0.record.isEvicted }.flatMap(
        \.record.outputs.values)
      if try store.areIntact(Array(contents)) {
        for outcome in sweep.reused {
          try check(outcome)
          onEvent(.reused(stage: outcome.name, outcome.record))
        }
        for event in sweep.events { onEvent(event) }
        return (sweep.standing, sweep.isSettled)
      }
    }
    let sweep = sweep(standing, believes: false)
    for event in sweep.events { onEvent(event) }
    return (sweep.standing, sweep.isSettled)
  }

  private struct Sweep {
    var standing: Standing
    var isSettled = false
    var reused: [StageOutcome] = []
    var events: [RunEvent] = []
  }

  private func sweep(_ standing: Standing, believes: Bool) -> Sweep {
    var sweep = Sweep(standing: standing)
    for _ in 0..<Self.sweepLength {
      guard let stage = sweep.standing.nextUnseen() else {
        sweep.isSettled = true
        break
      }
      look(at: stage, believes: believes, in: &sweep)
    }
    return sweep
  }

  private func look(at stage: Int, believes: Bool, in sweep: inout Sweep) {
    // Of evicted results the digests are enough, until somebody reads them.
    let hollow = graph.upstream[stage].filter {
      sweep.standing.outcomes[$0]?.record.isEvicted == true
    }
    do {
      let (lookUp, outcome) = try lookUp(stage, sweep.standing, believes: believes)
      if let outcome {
        if believes {
          sweep.reused.append(outcome)
        } else {
          try check(outcome)
          sweep.events.append(.reused(stage: outcome.name, outcome.record))
        }
        sweep.standing.note(.outcome(stage, outcome))
      } else if hollow.isEmpty {
        sweep.standing.noteMiss(stage, lookUp)
      } else {
        sweep.standing.note(.needsInputs(stage, makers: hollow, isDamage: false))
      }
    } catch let error as StoreError where error.isDamage && !hollow.isEmpty {
      sweep.standing.note(.needsInputs(stage, makers: hollow, isDamage: false))
    } catch {
      let (completion, event) = completion(of: stage, after: error)
      if let event { sweep.events.append(event) }
      sweep.standing.note(completion)
    }
  }

  private func lookUp(
    _ stage: Int, _ standing: Standing, believes: Bool
  ) throws -> (LookUp, StageOutcome?) {
    let task = graph.tasks[stage]
    let records = Dictionary(
      uniqueKeysWithValues: graph.upstream[stage].compactMap { source in
        standing.outcomes[source].map { ($0.name, $0.record) }
      })
    let contents = try task.contents(in: store) { records[$0] }
    let preimage = task.preimage(contents)
    let known = try store.record(for: preimage.key)
    let lookUp = LookUp(contents: contents, preimage: preimage, known: known)
    guard !options.force.contains(task.name),
      let record = try reusable(
        known, task, preimage.key,
        isRead: graph.downstream[stage].isEmpty || standing.mustExist.contains(stage),
        believes: believes)
    else { return (lookUp, nil) }
    return (
      lookUp,
      StageOutcome(
        name: task.name, record: record, preimage: preimage, wasReused: true, seconds: 0)
    )
  }

  /// The recorded result if every object of it is sound, else one supplied from elsewhere. An evicted
  /// one will do as long as nobody reads it.
  private func reusable(
    _ known: Record?, _ task: StageTask, _ key: Digest, isRead: Bool, believes: Bool
  ) throws -> Record? {
    if let known {
      if known.isEvicted ? !isRead : believes { return known }
      if try isWhole(known) { return known }
    }
    return try supply(task, key)
  }

  private func isWhole(_ record: Record) throws -> Bool {
    try !record.isEvicted && store.areIntact(Array(record.outputs.values))
  }

  /// What an error means for the run, and what is to be said of it.
  private func completion(
    of stage: Int, after error: any Error
  ) -> (Standing.Completion, RunEvent?) {
    let name = graph.tasks[stage].name
    if let error = error as? StoreError, error.isDamage {
      return (
        .needsInputs(stage, makers: graph.upstream[stage], isDamage: true), .healing(stage: name)
      )
    }
    let isSilent = error is RerunRecorder.NotReproduced || Task.isCancelled
    return (.failure(stage, error), isSilent ? nil : .failed(stage: name, error))
  }

  private func completionSaid(of stage: Int, after error: any Error) -> Standing.Completion {
    let (completion, event) = completion(of: stage, after: error)
    if let event { onEvent(event) }
    return completion
  }

  // MARK: Executing

  private struct Surroundings: Sendable {
    let sandbox: SandboxProbe
    let shares: ThreadShares
    let say: @Sendable (RunEvent) -> Void
  }

  private func complete(
    _ stage: Int, _ lookUp: LookUp, _ surroundings: Surroundings
  ) async -> Standing.Completion {
    let task = graph.tasks[stage]
    var retries = max(task.limits.retries, options.retries)
    do {
      let claim = try await claim(lookUp.preimage.key, for: task)
      // Whoever had it before may have recorded the result by now.
      if let outcome = try await offPool({ try self.lookUp(again: lookUp, task) }) {
        return .outcome(stage, outcome)
      }
      while true {
        do {
          let computed = try await compute(task, lookUp, claim, surroundings)
          // One at a time means that it is recorded before the next begins.
          return options.jobs > 1 ? .computed(stage, computed) : await record(stage, computed)
        } catch let error as EngineError
          where error.isWorthRetrying && retries > 0 && !Task.isCancelled
        {
          retries -= 1
          onEvent(.retrying(stage: task.name, error, left: retries))
        }
      }
    } catch {
      return completionSaid(of: stage, after: error)
    }
  }

  /// Takes the work on the key; while somebody else has it, waits.
  private func claim(_ key: Digest, for task: StageTask) async throws -> Claim {
    let note = "process \(getpid()), stage '\(task.name)'"
    var hasSaid = false
    while true {
      try Task.checkCancellation()
      if let claim = try await offPool({ try store.claim(key, note: note) }) { return claim }
      if !hasSaid {
        hasSaid = true
        let other = try await offPool { try store.claimant(of: key) }
        onEvent(.waiting(stage: task.name, for: other ?? "another run"))
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// A result that somebody else recorded since the stage was looked up.
  private func lookUp(again lookUp: LookUp, _ task: StageTask) throws -> StageOutcome? {
    guard !options.force.contains(task.name),
      let record = try store.record(for: lookUp.preimage.key), record != lookUp.known,
      try isWhole(record)
    else { return nil }
    let outcome = StageOutcome(
      name: task.name, record: record, preimage: lookUp.preimage, wasReused: true, seconds: 0)
    try check(outcome)
    onEvent(.reused(stage: task.name, record))
    return outcome
  }

  private func compute(
    _ task: StageTask, _ lookUp: LookUp, _ claim: Claim, _ surroundings: Surroundings
  ) async throws -> ComputedStage {
    let start = ContinuousClock.now
    let folder = StageFolder(path: "\(workFolder)/\(task.name)")
    try await offPool { try Folder.make(folder.path) }
    let threads = surroundings.shares.join(folder.path, wanting: task.limits.threads)
    defer { surroundings.shares.leave(folder.path) }
    onEvent(.started(stage: task.name, threads: threads))
    let execution = StageExecution(
      task: task, lookUp: lookUp, store: store, host: host,
      sandbox: surroundings.sandbox, folder: folder, threads: threads, options: options)
    do {
      let notes = try await execution.compute { event in
        switch event {
        case .progress(let progress): onEvent(.progress(stage: task.name, progress))
        case .notice(let text): surroundings.say(.notice(text))
        }
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      return ComputedStage(execution: execution, notes: notes, seconds: seconds, claim: claim)
    } catch {
      await offPool { keepLog(task, folder) }
      throw error
    }
  }

  private func record(_ stage: Int, _ computed: ComputedStage) async -> Standing.Completion {
    do {
      return .outcome(stage, try await offPool { try recorded(computed) })
    } catch {
      return completionSaid(of: stage, after: error)
    }
  }

  private func recorded(_ computed: ComputedStage) throws -> StageOutcome {
    let execution = computed.execution
    let name = execution.task.name
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let record = try execution.record(
      computed.notes, madeAt: startedAt + elapsed, seconds: computed.seconds,
      label: label(execution.task))
    computed.claim.release()
    Folder.remove(execution.folder.path)
    if let known = execution.lookUp.known, known.outputs != record.outputs {
      let changed = record.outputs.filter { known.outputs[$0.key] != $0.value }.keys.sorted()
      onEvent(.changed(stage: name, outputs: changed))
    }
    let outcome = StageOutcome(
      name: name, record: record, preimage: execution.preimage, wasReused: false,
      seconds: computed.seconds)
    try check(outcome)
    onEvent(.finished(stage: name, record, seconds: computed.seconds))
    return outcome
  }
}

/// The stages that failed, each with its error, in the order they failed.
public struct RunFailure: Error, Sendable {
  public struct Stage: Sendable {
    public let name: String
    public let error: any Error
  }
  public let stages: [Stage]
  /// The stages that were not computed because of them.
  public let skipped: [String]
}
