import Glibc

/// A kernel lock on a file of its own. It goes when its holder does, however that ends.
///
/// The descriptor is closed in child processes: a stage that outlives its run must not keep a lock.
final class FileLock: Sendable {
  let descriptor: Int32

  /// Waits for the lock.
  convenience init(_ path: String, exclusive: Bool) throws(StoreError) {
    try self.init(opening: path)
    guard retrying({ flock(descriptor, exclusive ? LOCK_EX : LOCK_SH) }) == 0 else {
      throw .system("flock", path: path, errno: errno)
    }
  }

  private init(opening path: String, orMaking: Bool = true) throws(StoreError) {
    let flags = O_RDWR | (orMaking ? O_CREAT : 0) | O_NOFOLLOW | O_CLOEXEC
    descriptor = retrying { open(path, flags, 0o644) }
    guard descriptor >= 0 else { throw .system("open", path: path, errno: errno) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Takes the exclusive lock of the file if nobody has one; `nil` if somebody does. Without
  /// `orMaking` the file must be there.
  static func trying(_ path: String, orMaking: Bool = false) throws(StoreError) -> FileLock? {
    let lock = try FileLock(opening: path, orMaking: orMaking)
    if retrying({ flock(lock.descriptor, LOCK_EX | LOCK_NB) }) == 0 { return lock }
    guard errno == EWOULDBLOCK else { throw .system("flock", path: path, errno: errno) }
    return nil
  }

  /// Whether the path still leads to the locked file: its last holder may have removed it between
  /// our opening and our locking it.
  func stands(at path: String) throws(StoreError) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("fstat", path: path, errno: errno) }
    return try FileStatus.at(path)?.stamp.inode == FileStatus(status).stamp.inode
  }

  /// Runs `body` while holding the lock of the file at `path`.
  static func holding<T>(
    _ path: String, exclusive: Bool, _ body: () throws -> T
  ) throws -> T {
    let lock = try FileLock(path, exclusive: exclusive)
    return try withExtendedLifetime(lock, body)
  }
}
