import Dispatch
import Glibc
import Synchronization

/// What `body` makes of each part of `0..<count`, in order: of many, each core works on a part.
///
/// - Throws: the first error of the parts.
func inParallel<T: Sendable>(
  _ count: Int, atLeast least: Int = 256, _ body: @Sendable (Range<Int>) throws -> T
) throws -> [T] {
  let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  let size = max(least, (count + cores - 1) / cores)
  let parts = stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  if parts.count <= 1 { return try parts.map(body) }
  let results = Mutex([Result<T, any Error>?](repeating: nil, count: parts.count))
  DispatchQueue.concurrentPerform(iterations: parts.count) { part in
    let result = Result { try body(parts[part]) }
    results.withLock { $0[part] = result }
  }
  return try results.withLock { $0 }.compactMap { try $0?.get() }
}
