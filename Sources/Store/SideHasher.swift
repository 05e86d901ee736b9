import Dispatch
import Foundation

/// Computes, on a thread of its own, the SHA-256 of what another thread reads and writes: it takes as
/// long as the copying, and so both together take no longer than either.
///
/// A few buffers go round between the two. The owner calls ``next()``, fills the buffer, calls
/// ``submit(_:)``, and at the end ``finish()``.
final class SideHasher {
  private static let count = 4
  private static let size = 1 << 18

  /// What both threads use. A buffer belongs to the hashing thread between `filled` and `free`, else
  /// to the owner; `sha256` to the hashing thread until `done`.
  private final class Ring: @unchecked Sendable {
    let buffers = (0..<count).map { _ in
      UnsafeMutableRawBufferPointer.allocate(byteCount: SideHasher.size, alignment: 64)
    }
    /// Not an array: that is one value, which two threads may not touch, be it at two places.
    let sizes = UnsafeMutableBufferPointer<Int>.allocate(capacity: count)
    /// Counted up from nothing: one that ends below where it began is an error to libdispatch.
    let free = DispatchSemaphore(value: 0)
    let filled = DispatchSemaphore(value: 0)
    let done = DispatchSemaphore(value: 0)
    var sha256: SHA256?

    init() {
      sizes.initialize(repeating: 0)
      for _ in buffers { free.signal() }
    }

    deinit {
      for buffer in buffers { buffer.deallocate() }
      sizes.deallocate()
    }

    func hash() {
      var hasher = SHA256Hasher()
      var turn = 0
      while true {
        filled.wait()
        let size = sizes[turn]
        if size == 0 { break }
        hasher.update(UnsafeRawBufferPointer(rebasing: buffers[turn][..<size]))
        free.signal()
        turn = (turn + 1) % count
      }
      sha256 = hasher.finish()
      done.signal()
    }
  }

  private let ring = Ring()
  private var turn = 0
  private var isFinished = false

  init() {
    let ring = ring
    Thread.detachNewThread { ring.hash() }
  }

  deinit { if !isFinished { _ = finish() } }

  /// A buffer to fill.
  func next() -> UnsafeMutableRawBufferPointer {
    ring.free.wait()
    return ring.buffers[turn]
  }

  /// Gives a buffer back unfilled.
  func giveBack() { ring.free.signal() }

  /// Hands over the first `size` bytes of the buffer; the owner may still read them.
  func submit(_ size: Int) {
    ring.sizes[turn] = size
    ring.filled.signal()
    turn = (turn + 1) % Self.count
  }

  func finish() -> SHA256 {
    if !isFinished {
      isFinished = true
      ring.free.wait()
      submit(0)
      ring.done.wait()
    }
    guard let sha256 = ring.sha256 else { fatalError("SideHasher: it ended without a word") }
    return sha256
  }
}
