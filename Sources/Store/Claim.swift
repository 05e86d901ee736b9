import Glibc
import Synchronization

/// A hold on the work that a key stands for: one has it, all others wait or do something else.
///
/// Released by ``release()``, at the end of the object's life, or by the kernel when the process
/// ends, however it ends. No child process inherits it.
public final class Claim: Sendable {
  /// A note is one short line; whoever reads it takes no more.
  static let longestNote = 256

  private let path: String
  private let lock: Mutex<FileLock?>

  private init(path: String, lock: FileLock) {
    self.path = path
    self.lock = Mutex(lock)
  }

  deinit { release() }

  /// Gives the key back; a second time does nothing.
  public func release() {
    lock.withLock { lock in
      // Removed while it is locked: whoever opened it before finds that it is no longer there, and
      // makes a new one.
      if lock != nil { unlink(path) }
      lock = nil
    }
  }

  static func taking(_ key: Digest, below parent: String, note: String) throws -> Claim? {
    // A sweeper holds each file for a moment. It must not pass for somebody at work.
    try FileLock.holding(guardPath(parent), exclusive: false) {
      let path = "\(parent)/\(key)"
      while let lock = try FileLock.trying(path, orMaking: true) {
        guard try lock.stands(at: path) else { continue }
        write(note, to: lock)
        return Claim(path: path, lock: lock)
      }
      return nil
    }
  }

  /// The claim holds without it: a full disk stops nobody.
  private static func write(_ note: String, to lock: FileLock) {
    ftruncate(lock.descriptor, 0)
    let bytes = Array(note.utf8.prefix(longestNote))
    _ = bytes.withUnsafeBytes { pwrite(lock.descriptor, $0.baseAddress, $0.count, 0) }
  }

  static func note(on key: Digest, below parent: String) throws -> String? {
    guard let file = try OpenFile.readingIfThere("\(parent)/\(key)") else { return nil }
    var bytes = [UInt8](repeating: 0, count: longestNote)
    let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Removes the files of claims that nobody holds.
  static func sweep(_ parent: String) throws {
    try FileLock.holding(guardPath(parent), exclusive: true) {
      for name in try Folder.names(at: parent) where (try? Digest(parsing: name)) != nil {
        let path = "\(parent)/\(name)"
        do {
          guard let lock = try FileLock.trying(path) else { continue }
          if try lock.stands(at: path) { unlink(path) }
        } catch StoreError.system("open", _, ENOENT), StoreError.system("open", _, EACCES) {
          // Given back this moment; or another user's, who sweeps it.
        }
      }
    }
  }

  private static func guardPath(_ parent: String) -> String { "\(parent)/.lock" }
}
