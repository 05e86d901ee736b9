import Glibc

/// What the file system says about a file without opening it.
struct FileStatus: Hashable, Sendable {
  /// Changes whenever the bytes do, and sometimes when they do not.
  struct Stamp: Hashable, Sendable {
    /// Nanoseconds since 1970. The change time cannot be set back by who restores the other.
    let modified: Int64
    let changed: Int64
    let inode: Int64
  }

  let kind: FileKind
  let size: Int
  let stamp: Stamp

  init(_ status: stat) {
    func nanoseconds(_ time: timespec) -> Int64 {
      Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
    kind = FileKind(mode: status.st_mode)
    size = Int(status.st_size)
    stamp = Stamp(
      modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim),
      inode: Int64(truncatingIfNeeded: status.st_ino))
  }

  /// The status of what stands at the path, which is not followed if it is a link; `nil` if nothing
  /// does.
  static func at(_ path: String) throws(StoreError) -> FileStatus? {
    var status = stat()
    if lstat(path, &status) == 0 { return FileStatus(status) }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw .system("lstat", path: path, errno: errno)
    }
    return nil
  }
}
