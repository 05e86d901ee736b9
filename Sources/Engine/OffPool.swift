import Dispatch

private let blockingQueue = DispatchQueue(label: "blocking work", attributes: .concurrent)

/// Runs work that blocks (files, SQLite, hashing) on a thread of its own, off the cooperative pool.
func offPool<Output: Sendable>(_ work: @escaping @Sendable () throws -> Output) async throws
  -> Output
{
  try await withCheckedThrowingContinuation { continuation in
    blockingQueue.async { continuation.resume(with: Result(catching: work)) }
  }
}

/// The same for work that cannot fail.
func offPool<Output: Sendable>(_ work: @escaping @Sendable () -> Output) async -> Output {
  await withCheckedContinuation { continuation in
    blockingQueue.async { continuation.resume(returning: work()) }
  }
}
