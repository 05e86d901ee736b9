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
  /// What the stages below read in place of what was just computed; `nil` for that itself.
  var instead: @Sendable (StageOutcome) throws -> Record? = { _ in nil }
  /// Where the log of a failed stage goes; `nil` forgets it.
  var keepLog: @Sendable (StageTask, StageFolder) -> Void = { _, _ in }
  let onEvent: @Sendable (RunEvent) -> Void

  /// Runs all stages; after a failure nothing new is started — or, if so told, nothing that depends
  /// on it — but what runs may finish.
  ///
  /// - Throws: ``RunFailure`` naming the stages that failed, or `CancellationError`.
  func run() async throws -> [StageOutcome] {
    let (outcomes, failure) = try await runThrough()
    if let failure { throw failure }
    return outcomes
  }

  /// The same, with what came out though something failed.
  ///
  /// - Throws: `CancellationError`.
  func runThrough() async throws -> (outcomes: [StageOutcome], failure: RunFailure?) {
    let standing = Mutex(
      Standing(
        graph, seconds: { expectedSeconds() }, keepsGoing: options.keepsGoing,
        // What is supplied from elsewhere is looked at one by one.
        believes: pipeline != nil))
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
        let isSettled = try await offPool {
          // What is supplied from elsewhere is stored on the way: not while the index is held.
          if pipeline == nil { return try standing.withLock { try look(&$0) } }
          return try store.lookingUp { try standing.withLock { try look(&$0) } }
        }
        while let (stage, lookUp) = standing.withLock({ $0.next(within: options) }) {
          let surroundings = Surroundings(sandbox: sandbox, shares: shares, say: say)
          group.addTask { await complete(stage, lookUp, surroundings) }
        }
        if !isSettled { continue }
        guard let completion = try await group.next() else { break }
        standing.withLock { $0.note(completion) }
        if case .computed(let stage, let computed) = completion {
          group.addTask { await record(stage, computed) }
        }
      }
    }
    try Task.checkCancellation()
    return standing.withLock { standing in
      let isWhole = standing.failures.isEmpty
      return (
        standing.inOrder,
        isWhole ? nil : RunFailure(stages: standing.failures, skipped: standing.skipped)
      )
    }
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

  /// What an error means for the run, and what is to be said of it.
  func completion(
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
      var isFirst = true
      while true {
        do {
          let anew = isFirst && options.force.contains(task.name)
          isFirst = false
          let computed = try await compute(task, lookUp, claim, surroundings, anew: anew)
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
    _ task: StageTask, _ lookUp: LookUp, _ claim: Claim, _ surroundings: Surroundings,
    anew: Bool
  ) async throws -> ComputedStage {
    let start = ContinuousClock.now
    let state = try await offPool { try holdState(of: task, lookUp.preimage, anew: anew) }
    let folder = StageFolder(
      path: "\(workFolder)/\(task.name)", outputs: state?.folder.outputs)
    try await offPool { try Folder.make(folder.path) }
    let threads = surroundings.shares.join(folder.path, wanting: task.limits.threads)
    defer { surroundings.shares.leave(folder.path) }
    onEvent(.started(stage: task.name, threads: threads))
    let execution = StageExecution(
      task: task, lookUp: lookUp, store: store, host: host,
      sandbox: surroundings.sandbox, folder: folder, state: state, threads: threads,
      options: options)
    let earlier = Mutex(0.0)
    do {
      let notes = try await execution.compute { event in
        switch event {
        case .progress(let progress): onEvent(.progress(stage: task.name, progress))
        case .resumed(let place, let seconds):
          earlier.withLock { $0 = seconds }
          onEvent(.resumed(stage: task.name, after: place))
        case .killed: onEvent(.killed(stage: task.name))
        case .notice(let text): surroundings.say(.notice(text))
        }
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      return ComputedStage(
        execution: execution, notes: notes, seconds: seconds,
        earlierSeconds: earlier.withLock { $0 }, claim: claim)
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
      computed.notes, madeAt: startedAt + elapsed,
      seconds: computed.earlierSeconds + computed.seconds,
      label: label(execution.task))
    try? execution.settleState()
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
    guard let other = try instead(outcome) else { return outcome }
    return StageOutcome(
      name: name, record: other, preimage: execution.preimage, wasReused: false,
      seconds: computed.seconds)
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
