import Dispatch
import Glibc

/// Runs `work` so that SIGINT, SIGTERM and SIGHUP cancel it: its children end, the store stays sound.
func interruptible<Output: Sendable>(
  _ work: @escaping @Sendable () async throws -> Output
) async throws -> Output {
  let (start, starter) = AsyncStream<Void>.makeStream()
  let task = Task {
    for await _ in start { break }
    return try await work()
  }
  let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { task.cancel() }
    return source
  }
  defer { for source in sources { source.cancel() } }
  // A source listens some time after it was told to, on a busy machine much later. Until then a signal
  // ends the program, which has not begun.
  for source in sources {
    await withCheckedContinuation { continuation in
      source.setRegistrationHandler { continuation.resume() }
      source.resume()
    }
  }
  starter.finish()
  return try await task.value
}
