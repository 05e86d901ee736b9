import Synchronization

/// A hold on the whole store: shared by all who use it, exclusive for the collector.
///
/// Released by ``release()``, at the end of the object's life, or by the kernel when the process
/// ends. There is no time-out and nothing to clean up.
public final class StoreLock: Sendable {
  public enum Mode: Sendable {
    case shared
    case exclusive
  }

  private let isHeld = Mutex(true)
  private let onRelease: @Sendable () -> Void

  init(onRelease: @escaping @Sendable () -> Void) { self.onRelease = onRelease }

  deinit { release() }

  /// Gives the lock back; a second time does nothing.
  public func release() {
    let wasHeld = isHeld.withLock { isHeld in
      defer { isHeld = false }
      return isHeld
    }
    if wasHeld { onRelease() }
  }
}
