import Documents
import Glibc
import Pipelines
import Store

/// One execution of a stage: lays out its inputs, runs its process, stores what it made.
struct StageExecution: Sendable {
  let task: StageTask
  let lookUp: LookUp
  let store: Store
  /// How this program is started to compute a stage of a kind.
  let host: StageHost
  let sandbox: SandboxProbe
  /// A scratch folder of this execution's own.
  let folder: StageFolder
  /// Where the stage's state is kept, if it keeps one.
  let state: PartialHold?
  let threads: Int
  let options: RunOptions

  var contents: [String: Content] { lookUp.contents }
  var preimage: Preimage { lookUp.preimage }

  /// Computes the stage; what it made lies in its folder then, to be recorded by
  /// ``record(_:madeAt:seconds:label:)``.
  ///
  /// - Returns: what the stage had to say besides its outputs.
  /// - Throws: `StoreError.damaged` or `.missing` when an input's bytes are not what they were,
  ///   ``EngineError`` when the stage fails.
  func compute(onEvent: @escaping @Sendable (StageEvent) -> Void) async throws -> Value {
    for seconds in options.kills[task.name] ?? [] {
      do {
        return try await attempt(killedAfter: seconds, onEvent: onEvent)
      } catch is KilledAsPlanned {
        onEvent(.killed)
      }
    }
    return try await attempt(killedAfter: nil, onEvent: onEvent)
  }

  /// The process was killed because ``RunOptions/kills`` says so.
  struct KilledAsPlanned: Error {}

  private func attempt(
    killedAfter seconds: Double?, onEvent: @escaping @Sendable (StageEvent) -> Void
  ) async throws -> Value {
    var notes: Value = [:]
    switch task.work {
    case .kind, .recorded: notes = try await runKind(killedAfter: seconds, onEvent: onEvent)
    case .command(let command): try await run(command, killedAfter: seconds, onEvent: onEvent)
    }
    try await offPool { try checkOutputs() }
    return notes
  }

  /// Stores what the stage made, and its record, which says when and in how many seconds it was made,
  /// and under which label. Nothing is recorded if this throws.
  func record(_ notes: Value, madeAt: Double, seconds: Double, label: String) throws -> Record {
    var paths = outputPaths
    // What a command printed is kept with its result.
    if case .command = task.work, Folder.size(of: folder.log) > 0 { paths[Self.log] = folder.log }
    return try store.record(
      // What a state counts on stays where it is until all is recorded.
      outputs: paths, preimage: preimage.canonicalBytes, consuming: state == nil,
      make: { contents, preimage in
        var outputs = contents
        var notes = notes.map ?? [:]
        notes["log"] = outputs.removeValue(forKey: Self.log)?.value
        return Record(
          key: self.preimage.key, preimage: preimage, outputs: outputs, notes: .map(notes),
          madeAt: madeAt, seconds: seconds, stage: label)
      })
  }

  /// Stands for the log among the outputs; no output has such a name.
  private static let log = "the log"

  private var outputPaths: [String: String] {
    switch task.work {
    case .kind, .recorded:
      Dictionary(
        uniqueKeysWithValues: task.work.outputs.map { ($0.name, "\(folder.outputs)/\($0.name)") })
    case .command(let command): command.outputs.mapValues { "\(folder.files)/\($0)" }
    }
  }

  private func checkOutputs() throws {
    if case .command(let command) = task.work {
      for path in command.outputs.values { try refuseLinks(onTheWayTo: path) }
    }
    let paths = outputPaths
    for output in task.work.outputs {
      var status = stat()
      guard let path = paths[output.name], lstat(path, &status) == 0 else {
        throw EngineError.missingOutput(output.name, log: folder.lastLines(10))
      }
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      if let expected = output.isFolder, expected != isFolder {
        throw EngineError.wrongOutput(output.name, expectsFolder: expected)
      }
    }
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
  /// The stage goes on from where an earlier attempt was, which took so many seconds.
  case resumed(after: String, seconds: Double)
  /// The stage was killed as planned, and is started again.
  case killed
  /// Something the user should know once, however many stages say it.
  case notice(String)
}
