import Glibc

/// A run's hold on the folder of a stage's state; the kernel takes it back however the run ends.
public final class PartialHold: Sendable {
  public let folder: PartialFolder
  private let lock: FileLock

  init(folder: PartialFolder, lock: FileLock) {
    self.folder = folder
    self.lock = lock
  }

  /// Removes the folder: there is nothing to go on from.
  public func remove() { Folder.remove(folder.path) }
}

/// The hold of the process that works in the folder, for as long as it lives.
public final class PartialWork: Sendable {
  private let lock: FileLock

  /// Waits for the process that was at work there when its run was killed: it ends soon after.
  ///
  /// - Throws: `StoreError.system`.
  public init(in folder: PartialFolder) throws {
    lock = try FileLock("\(folder.path)/.worker", exclusive: true)
  }
}

extension Store {
  /// Takes the folder for the state that the key stands for, made if need be; `nil` if another run has it.
  public func holdPartial(_ key: Digest) throws -> PartialHold? {
    let folder = partialFolder(key)
    let path = "\(folder.path)/.lock"
    while true {
      try Folder.make(folder.path)
      do {
        guard let lock = try FileLock.trying(path, orMaking: true) else { return nil }
        // Its last holder may have removed it between our opening and our locking it.
        guard try lock.stands(at: path) else { continue }
        // Whoever worked there under a run that was killed must have ended.
        _ = try PartialWork(in: folder)
        return PartialHold(folder: folder, lock: lock)
      } catch StoreError.system("open", _, ENOENT) {
        continue
      }
    }
  }

  /// The folder for the state that the key stands for, whether or not it is there.
  public func partialFolder(_ key: Digest) -> PartialFolder {
    PartialFolder(path: "\(partialPath)/\(key)")
  }

  var partialPath: String { "\(path)/partial" }

  /// Copies a content to the path if it is stored and sound.
  public func fetch(_ content: Content, to path: String) throws -> Bool {
    do {
      try deliver(content, to: path)
      return true
    } catch let error as StoreError where error.isDamage {
      return false
    }
  }
}
