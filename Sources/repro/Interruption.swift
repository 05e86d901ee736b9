import Dispatch
import Glibc

/// Runs `work` so that SIGINT, SIGTERM and SIGHUP cancel it: its children end, the store stays sound.
func interruptible<Output: Sendable>(
  _ work: @escaping @Sendable () async throws -> Output
) async throws -> Output {
  let task = Task { try await work() }
  let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { task.cancel() }
    source.resume()
    return source
  }
  defer { for source in sources { source.cancel() } }
  return try await task.value
}
