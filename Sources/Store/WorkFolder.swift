import Glibc
import Synchronization

/// A scratch folder of the caller's own, empty at first.
///
/// While the caller lives nobody sweeps it: it holds a kernel lock on `.lock` inside.
public final class WorkFolder: Sendable {
  /// Absolute if the store's path is.
  public let path: String
  private let lock: Mutex<FileLock?>

  /// Makes a folder with a name of its own below `parent`.
  init(below parent: String) throws {
    // Between the folder and its lock a sweeper would take it for a dead one.
    let (path, lock) = try FileLock.holding(Self.guardPath(parent), exclusive: false) {
      var template = Array("\(parent)/XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else {
        throw StoreError.system("mkdtemp", path: parent, errno: errno)
      }
      let path = template.withUnsafeBytes { String(decoding: $0.dropLast(), as: UTF8.self) }
      return (path, try FileLock("\(path)/.lock", exclusive: true))
    }
    self.path = path
    self.lock = Mutex(lock)
  }

  /// Removes the folder with all that is in it; a second time does nothing.
  public func remove() {
    guard lock.withLock({ $0 != nil }) else { return }
    Folder.remove(path)
    lock.withLock { $0 = nil }
  }

  /// Removes the folders that nobody holds, and returns their paths; `prepare` has each before.
  @discardableResult
  static func sweep(
    _ parent: String, prepare: (String) -> Void = { _ in }
  ) throws -> [String] {
    // Locked only while looking: a folder whose lock we have is dead, and removed at leisure.
    let dead = try dead(in: parent)
    return dead.map { path, lock in
      withExtendedLifetime(lock) {
        prepare(path)
        Folder.remove(path)
      }
      return path
    }
  }

  /// The folders that nobody holds, with their locks.
  static func dead(in parent: String) throws -> [(path: String, lock: FileLock?)] {
    try FileLock.holding(guardPath(parent), exclusive: true) {
      try Folder.names(at: parent).compactMap { name in
        let path = "\(parent)/\(name)"
        guard try FileStatus.at(path)?.kind == .folder else { return nil }
        do {
          return try FileLock.trying("\(path)/.lock").map { (path, $0) }
        } catch StoreError.system("open", _, ENOENT) {
          // Its maker died before it came to lock it.
          return (path, nil)
        } catch StoreError.system("open", _, EACCES) {
          // Another user's, who sweeps it.
          return nil
        }
      }
    }
  }

  private static func guardPath(_ parent: String) -> String { "\(parent)/.lock" }
}
