import Documents
import FoundationEssentials
import Glibc
import Pipelines
import Store
import Synchronization

/// Stages of a kind: computed by this very program, in a process of its own.
extension StageExecution {
  /// Runs the stage's process to its end, passing on how far it is.
  ///
  /// - Returns: what it had to say besides its outputs.
  func runKind(
    killedAfter: Double?,
    onEvent: @escaping @Sendable (StageEvent) -> Void
  ) async throws -> Value {
    let job = Job(
      kind: task.work.name, version: task.work.version, config: task.config, seed: task.seed ?? 0,
      inputs: Set(contents.keys),
      folderOutputs: task.work.outputs.filter { $0.isFolder == true }.map(\.name),
      folder: folder.path,
      partial: state?.folder.path, threads: threads, settings: options.settings, parent: getpid())
    try await offPool { try layOut(job) }
    let said = Mutex(Said())
    let end = try await follow(job, killedAfter: killedAfter) { event in
      switch event {
      case .progress(let progress): onEvent(.progress(progress))
      case .resumed(let place, let seconds): onEvent(.resumed(after: place, seconds: seconds))
      default: break
      }
      said.withLock { $0.hear(event) }
    }
    if end == .killed { throw KilledAsPlanned() }
    let heard = said.withLock { $0 }
    if let failure = heard.failure { throw failure }
    guard end == .exited(0), heard.isDone else {
      throw EngineError.endedEarly(
        status: end.complaint ?? "ended without a word", log: folder.lastLines(10))
    }
    return heard.notes
  }

  /// Inputs are copies: a link would let a stage rewrite the object behind it.
  private func layOut(_ job: Job) throws {
    try Folder.make(folder.inputs)
    if let kept = state?.folder {
      try kept.restore(kept.state(), fetch: store.fetch)
      try Folder.makeIfMissing(folder.outputs)
    } else {
      try Folder.make(folder.outputs)
    }
    for (name, content) in contents { try store.deliver(content, to: "\(folder.inputs)/\(name)") }
    for name in job.folderOutputs { try Folder.makeIfMissing("\(folder.outputs)/\(name)") }
    // Of an attempt that was killed.
    unlink(job.eventsPath)
    try Folder.write(job.value.canonicalBytes, to: job.path)
  }

  private func follow(
    _ job: Job, killedAfter: Double?, onEvent: @escaping @Sendable (Event) -> Void
  ) async throws -> ChildProcess.End {
    // A file of events rather than a pipe: it never fills, and reads the same over Slurm.
    var reader = try EventReader(path: job.eventsPath)
    let follower = Task {
      while !Task.isCancelled {
        for event in reader.next() { onEvent(event) }
        try? await Task.sleep(for: .milliseconds(50))
      }
      for event in reader.next() { onEvent(event) }
    }
    defer { follower.cancel() }
    let end = try await ChildProcess(
      program: host.program, arguments: host.arguments + [job.path], environment: nil,
      folder: folder.path, log: folder.log, timeout: task.limits.timeout,
      killedAfter: killedAfter
    ).run()
    follower.cancel()
    await follower.value
    return end
  }
}

/// What a stage has said so far, other than progress.
private struct Said: Sendable {
  var results: [Value] = []
  var warnings: [Value] = []
  var failure: EngineError?
  var isDone = false

  mutating func hear(_ event: Event) {
    switch event {
    case .progress, .resumed: break
    case .result(let name, let value, let isHeadline):
      results.append([
        "name": .string(name), "value": value, "headline": .bool(isHeadline),
      ])
    case .warning(let text): warnings.append(.string(text))
    case .failure(let text, let fix): failure = .failed(text, fix: fix)
    case .done: isDone = true
    }
  }

  /// Kept with the result: the same whenever and wherever the stage is computed.
  var notes: Value { ["results": .list(results), "warnings": .list(warnings)] }
}
