import Documents
import Glibc
import Pipelines
import Store

/// One execution of a stage: lays out its inputs, runs its process, stores what it made.
struct StageExecution: Sendable {
  let task: StageTask
  let contents: [String: Content]
  let preimage: Preimage
  let store: Store
  /// How this program is started to compute a stage of a kind.
  let host: StageHost
  let sandbox: SandboxProbe
  /// A scratch folder of this execution's own.
  let folder: StageFolder
  let threads: Int
  let options: RunOptions

  /// Computes the stage and records its result.
  ///
  /// - Throws: `StoreError.damaged` or `.missing` when an input's bytes are not what they were,
  ///   ``EngineError`` when the stage fails. Nothing is recorded then.
  func callAsFunction(onEvent: @escaping @Sendable (StageEvent) -> Void) async throws -> Record {
    switch task.work {
    case .kind(let kind):
      let notes = try await run(kind, onEvent: onEvent)
      let paths = kind.outputs.map { ($0.name, "\(folder.outputs)/\($0.name)") }
      return try await offPool { try record(notes: notes, paths: paths) }
    case .command(let command):
      try await run(command, onEvent: onEvent)
      let paths = command.outputs.map { ($0.key, "\(folder.files)/\($0.value)") }
      return try await offPool {
        for path in command.outputs.values { try refuseLinks(onTheWayTo: path) }
        return try record(notes: notesOfCommand(), paths: paths)
      }
    }
  }

  private func record(notes: Value, paths: [(String, String)]) throws -> Record {
    let kinds = Dictionary(uniqueKeysWithValues: task.work.outputs.map { ($0.name, $0.isFolder) })
    var outputs: [String: Content] = [:]
    for (name, path) in paths {
      var status = stat()
      guard lstat(path, &status) == 0 else {
        throw EngineError.missingOutput(name, log: folder.lastLines(10))
      }
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      if let expected = kinds[name] ?? nil, expected != isFolder {
        throw EngineError.wrongOutput(name, expectsFolder: expected)
      }
      outputs[name] = try store.put(at: path)
    }
    let stored = try store.put(bytes: preimage.value.canonicalBytes)
    let record = Record(
      key: preimage.key, preimage: stored.digest, outputs: outputs, notes: notes)
    try store.save(record)
    return record
  }

  /// What a command printed is kept with its result.
  private func notesOfCommand() throws -> Value {
    var status = stat()
    guard stat(folder.log, &status) == 0, status.st_size > 0 else { return [:] }
    return ["log": try store.put(fileAt: folder.log).value]
  }

  /// An output is a file in the command's folder, not what a link there leads to.
  private func refuseLinks(onTheWayTo path: String) throws {
    var walked = folder.files
    for part in path.split(separator: "/").dropLast() {
      walked += "/\(part)"
      var status = stat()
      if lstat(walked, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
        throw StoreError.notPlain(walked, .link)
      }
    }
  }
}

/// How this program is started as the process of a stage.
struct StageHost: Sendable {
  /// The program that fulfils the job contract, and the arguments before the job file.
  let program: String
  let arguments: [String]
}

/// What an execution has to say while it lasts.
enum StageEvent: Sendable {
  case progress(Progress)
  /// Something the user should know once, however many stages say it.
  case notice(String)
}
