import Glibc
import Subprocess
import SystemPackage

/// Runs a job in a child process of this machine, in a process group of its own.
struct LocalExecutor: Sendable {
  /// The program that fulfils the job contract, and the arguments before the job file.
  let program: String
  let arguments: [String]

  /// Runs the job to its end, passing on its events in order.
  ///
  /// Cancelling ends the whole process group: asked first, killed after five seconds.
  /// - Returns: how the process ended, in words, or `nil` when it exited with 0.
  func execute(_ job: Job, onEvent: @escaping @Sendable (Event) -> Void) async throws -> String? {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(5))
    ]
    let log = open(job.logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard log >= 0 else { throw EngineError.system("open", path: job.logPath, errno: errno) }

    // A folder of events rather than a pipe: a file never fills, and reads the same over Slurm.
    var reader = try EventReader(path: job.eventsPath)
    let follower = Task {
      while !Task.isCancelled {
        for event in reader.next() { onEvent(event) }
        try? await Task.sleep(for: .milliseconds(50))
      }
      for event in reader.next() { onEvent(event) }
    }
    defer { follower.cancel() }
    let outcome = try await run(
      .path(FilePath(program)), arguments: Arguments(arguments + [job.path]),
      workingDirectory: FilePath(job.folder), platformOptions: options, input: .none,
      output: .fileDescriptor(FileDescriptor(rawValue: log), closeAfterSpawningProcess: true),
      error: .combinedWithOutput)
    follower.cancel()
    await follower.value
    try Task.checkCancellation()
    return Self.describe(outcome.terminationStatus)
  }

  private static func describe(_ status: TerminationStatus) -> String? {
    switch status {
    case .exited(0): nil
    case .exited(let code): "exited with \(code)"
    case .signaled(let signal):
      "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }
}
