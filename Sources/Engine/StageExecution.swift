import Documents
import FoundationEssentials
import Glibc
import Pipelines
import Store
import Synchronization

/// One execution of a stage: lays out its inputs, runs its process, stores what it made.
struct StageExecution: Sendable {
  let task: StageTask
  let contents: [String: Content]
  let preimage: Preimage
  let store: Store
  let executor: LocalExecutor
  /// A scratch folder of this execution's own.
  let folder: String
  let threads: Int
  let settings: [String: String]

  /// Computes the stage and records its result.
  ///
  /// - Throws: `StoreError.damaged` or `.missing` when an input's bytes are not what they were,
  ///   ``EngineError`` when the stage fails. Nothing is recorded then.
  func callAsFunction(onProgress: @escaping @Sendable (Progress) -> Void) async throws -> Record {
    let job = makeJob()
    try await offPool { try layOut(job) }
    let said = Mutex(Said())
    let end = try await executor.execute(job) { event in
      if case .progress(let progress) = event { onProgress(progress) }
      said.withLock { $0.hear(event) }
    }
    let heard = said.withLock { $0 }
    if let failure = heard.failure { throw failure }
    guard end == nil, heard.isDone else {
      throw EngineError.endedEarly(
        status: end ?? "ended without a word", log: lastLine(of: job.logPath))
    }
    return try await offPool { try record(notes: heard.notes, job: job) }
  }

  private func makeJob() -> Job {
    Job(
      kind: task.kind.name, version: task.kind.version, config: task.config, seed: task.seed ?? 0,
      inputs: Set(contents.keys), folder: folder, threads: threads, settings: settings,
      parent: getpid())
  }

  /// Inputs are copies: a link would let a stage rewrite the object behind it.
  private func layOut(_ job: Job) throws {
    for name in ["inputs", "outputs"] { try Folder.make("\(folder)/\(name)") }
    for (name, content) in contents { try store.deliver(content, to: "\(folder)/inputs/\(name)") }
    for output in task.kind.outputs where output.isFolder {
      try Folder.make("\(folder)/outputs/\(output.name)")
    }
    guard FileManager.default.createFile(atPath: job.path, contents: Data(job.value.canonicalBytes))
    else { throw EngineError.system("write", path: job.path, errno: errno) }
  }

  private func record(notes: Value, job: Job) throws -> Record {
    var outputs: [String: Content] = [:]
    for output in task.kind.outputs {
      let path = "\(folder)/outputs/\(output.name)"
      var status = stat()
      guard lstat(path, &status) == 0 else { throw EngineError.missingOutput(output.name) }
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      guard isFolder == output.isFolder else {
        throw EngineError.wrongOutput(output.name, expectsFolder: output.isFolder)
      }
      outputs[output.name] = try store.put(at: path)
    }
    let stored = try store.put(bytes: preimage.value.canonicalBytes)
    let record = Record(
      key: preimage.key, preimage: stored.digest, outputs: outputs, notes: notes)
    try store.save(record)
    return record
  }

  private func lastLine(of path: String) -> String {
    guard let data = FileManager.default.contents(atPath: path) else { return "" }
    let text = String(decoding: data.suffix(2000), as: UTF8.self)
    return text.split(separator: "\n").last.map(String.init) ?? ""
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
    case .progress: break
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
