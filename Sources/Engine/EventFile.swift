import Glibc
import Synchronization

/// Appends events to a file, each with one `write`, so that a reader meets whole lines.
final class EventWriter: Sendable {
  private let descriptor: Int32
  private let lastProgress = Mutex<ContinuousClock.Instant?>(nil)

  init(path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw EngineError.system("open", path: path, errno: errno) }
  }

  deinit { close(descriptor) }

  /// Writes the event. Progress is written at most ten times a second.
  func write(_ event: Event) {
    if case .progress = event, !isTimeForProgress() { return }
    let line = event.line + [UInt8(ascii: "\n")]
    line.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0 && errno == EINTR { continue }
        // An event that cannot be written costs the run at its end: without `done` it has failed.
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
      }
    }
  }

  private func isTimeForProgress() -> Bool {
    let now = ContinuousClock.now
    return lastProgress.withLock { last in
      if let last, now - last < .milliseconds(100) { return false }
      last = now
      return true
    }
  }
}

/// Reads the events that a stage has appended since the last look.
struct EventReader: ~Copyable {
  private let descriptor: Int32
  private var rest: [UInt8] = []

  init(path: String) throws {
    descriptor = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw EngineError.system("open", path: path, errno: errno) }
  }

  deinit { close(descriptor) }

  /// A line longer than this is no event of ours.
  private static let longestLine = 1 << 20

  /// The whole lines written since the last call, as events; anything else in the file is skipped.
  mutating func next() -> [Event] {
    var events: [Event] = []
    while let chunk = readChunk() {
      for byte in chunk {
        if byte == UInt8(ascii: "\n") {
          if let event = Event(line: rest) { events.append(event) }
          rest.removeAll(keepingCapacity: true)
        } else if rest.count < Self.longestLine {
          rest.append(byte)
        }
      }
    }
    return events
  }

  private func readChunk() -> [UInt8]? {
    let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      var got = read(descriptor, buffer.baseAddress, buffer.count)
      while got < 0 && errno == EINTR { got = read(descriptor, buffer.baseAddress, buffer.count) }
      count = max(0, got)
    }
    return chunk.isEmpty ? nil : chunk
  }
}
