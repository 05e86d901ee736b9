import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A program in a process group of its own: no input, all output in a log, ended as a whole.
struct ChildProcess: Sendable {
  let program: String
  let arguments: [String]
  /// All its variables; `nil` for those of this process.
  let environment: [String: String]?
  /// The folder it starts in.
  let folder: String
  /// The file that its output is appended to. A file never fills up as a pipe does.
  let log: String
  /// Seconds it may take.
  let timeout: Double?
  /// Seconds after which it is killed at once, to see what then becomes of its work.
  var killedAfter: Double?

  enum End: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)
    case timedOut
    /// As was planned.
    case killed
  }

  /// Runs the program to its end; whatever is left of its group is killed then.
  ///
  /// Cancelling, or running out of time, ends the group: asked first, killed after five seconds.
  /// - Throws: `CancellationError`, ``EngineError`` when the program cannot be started.
  func run() async throws -> End {
    var options = PlatformOptions()
    options.processGroupID = 0
    // After the last of these it is killed.
    options.teardownSequence =
      killedAfter != nil
      ? [] : [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(5))]
    let work = Task { [options] in try await start(options) }
    let overdue = Overdue()
    let alarm = (killedAfter ?? timeout).map { seconds in
      Task {
        try await Task.sleep(for: .seconds(seconds))
        overdue.isIt.withLock { $0 = true }
        work.cancel()
      }
    }
    defer { alarm?.cancel() }
    let end: Result<End, any Error> = await withTaskCancellationHandler {
      await work.result
    } onCancel: {
      work.cancel()
    }
    try Task.checkCancellation()
    if overdue.isIt.withLock({ $0 }) { return killedAfter == nil ? .timedOut : .killed }
    return try end.get()
  }

  private final class Overdue: Sendable {
    let isIt = Mutex(false)
  }

  private func start(_ options: PlatformOptions) async throws -> End {
    let file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw EngineError.system("open", path: log, errno: errno) }
    do {
      let outcome = try await Subprocess.run(
        .path(FilePath(program)), arguments: Arguments(arguments), environment: variables,
        workingDirectory: FilePath(folder), platformOptions: options, input: .none,
        output: .fileDescriptor(FileDescriptor(rawValue: file), closeAfterSpawningProcess: true),
        error: .combinedWithOutput)
      let leader = outcome.processIdentifier.value
      // A daemon that stayed in the group must not go on writing.
      kill(-leader, SIGKILL)
      switch outcome.terminationStatus {
      case .exited(let code): return .exited(code)
      case .signaled(let signal): return .signaled(signal)
      }
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw EngineError.cannotStart(program, "\(error)")
    }
  }

  private var variables: Environment {
    guard let environment else { return .inherit }
    var custom: [Environment.Key: String] = [:]
    for (name, value) in environment {
      if let key = Environment.Key(rawValue: name) { custom[key] = value }
    }
    return .custom(custom)
  }
}

extension ChildProcess.End {
  /// Whether the program came to its own end.
  var isOfItself: Bool { if case .exited = self { true } else { false } }

  /// How it ended, in words; `nil` when all is well.
  var complaint: String? {
    switch self {
    case .exited(0): nil
    case .exited(let code): "exited with \(code)"
    case .signaled(let signal):
      "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
    case .killed: "was killed as planned"
    case .timedOut: "was ended because it took longer than its timeout"
    }
  }
}
