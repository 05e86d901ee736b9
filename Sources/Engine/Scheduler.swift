import Documents
import Pipelines
import Store
import Synchronization

/// Executes stages in the order of their inputs, several at a time, reusing what is recorded.
struct Scheduler: Sendable {
  let tasks: [StageTask]
  let store: Store
  let executor: LocalExecutor
  let workFolder: String
  let options: RunOptions
  /// A result from elsewhere for a stage of this key, taken instead of computing it.
  var supply: @Sendable (StageTask, Digest) throws -> Record? = { _, _ in nil }
  /// Called with each result before the stages below are started; throwing ends the run.
  var check: @Sendable (StageOutcome) throws -> Void = { _ in }
  let onEvent: @Sendable (RunEvent) -> Void
  let shares: ThreadShares

  /// Runs all stages; after a failure nothing new is started, but what runs may finish.
  ///
  /// - Throws: ``RunFailure`` naming the stages that failed, or `CancellationError`.
  func run() async throws -> [StageOutcome] {
    var standing = Standing(tasks)
    await withTaskGroup(of: Standing.Completion.self) { group in
      while true {
        for task in Task.isCancelled ? [] : standing.next(limit: options.jobs) {
          let records = standing.outcomes.mapValues(\.record)
          group.addTask { await complete(task, records: records) }
        }
        guard let completion = await group.next() else { break }
        standing.note(completion)
      }
    }
    try Task.checkCancellation()
    guard standing.failures.isEmpty else { throw RunFailure(stages: standing.failures) }
    return standing.inOrder
  }

  private func complete(
    _ task: StageTask, records: [String: Record]
  ) async -> Standing.Completion {
    do {
      let outcome = try await outcome(of: task, records: records)
      try check(outcome)
      return .outcome(outcome)
    } catch let error as StoreError where error.isDamage {
      onEvent(.healing(stage: task.name))
      return .damagedInputs(stage: task.name, makers: task.upstream)
    } catch let error as RerunRecorder.NotReproduced {
      return .failure(stage: task.name, error)
    } catch {
      if !Task.isCancelled { onEvent(.failed(stage: task.name, error)) }
      return .failure(stage: task.name, error)
    }
  }

  private func outcome(
    of task: StageTask, records: [String: Record]
  ) async throws -> StageOutcome {
    let (contents, preimage, known) = try await offPool {
      let contents = try task.contents(from: records, in: store)
      let preimage = task.preimage(contents)
      return (contents, preimage, try store.record(for: preimage.key))
    }
    if !options.force.contains(task.name),
      let record = try await offPool({ try reusable(known, task, preimage.key) })
    {
      onEvent(.reused(stage: task.name, record))
      return StageOutcome(
        name: task.name, record: record, preimage: preimage, wasReused: true, seconds: 0)
    }
    let start = ContinuousClock.now
    let folder = "\(workFolder)/\(task.name)"
    try await offPool { try Folder.make(folder) }
    let threads = shares.join(folder)
    defer { shares.leave(folder) }
    onEvent(.started(stage: task.name, threads: threads))
    let execution = StageExecution(
      task: task, contents: contents, preimage: preimage, store: store, executor: executor,
      folder: folder, threads: threads, settings: options.settings)
    let record = try await execution { onEvent(.progress(stage: task.name, $0)) }
    try await offPool { Folder.remove(folder) }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if let known, known.outputs != record.outputs {
      let changed = record.outputs.filter { known.outputs[$0.key] != $0.value }.keys.sorted()
      onEvent(.changed(stage: task.name, outputs: changed))
    }
    onEvent(.finished(stage: task.name, record, seconds: seconds))
    return StageOutcome(
      name: task.name, record: record, preimage: preimage, wasReused: false, seconds: seconds)
  }

  /// The recorded result if every object of it is sound, else one supplied from elsewhere.
  private func reusable(_ known: Record?, _ task: StageTask, _ key: Digest) throws -> Record? {
    if let known, try known.outputs.values.allSatisfy({ try store.isIntact($0) }) { return known }
    return try supply(task, key)
  }
}

/// The stages that failed, each with its error, in the order they failed.
public struct RunFailure: Error, Sendable {
  public struct Stage: Sendable {
    public let name: String
    public let error: any Error
  }
  public let stages: [Stage]
}
