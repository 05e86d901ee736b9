import Glibc

/// Calls of glibc that the C headers show only to those who ask for GNU extensions, which Swift's
/// Glibc module does not.
enum GNUCalls {
  private typealias SyncFileSystem = @convention(c) (Int32) -> Int32
  private typealias SyncFileRange = @convention(c) (Int32, Int64, Int64, UInt32) -> Int32
  private typealias Rename =
    @convention(c) (
      Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
    ) -> Int32

  private static let syncfs = dlsym(nil, "syncfs").map {
    unsafeBitCast($0, to: SyncFileSystem.self)
  }
  private static let syncFileRange = dlsym(nil, "sync_file_range").map {
    unsafeBitCast($0, to: SyncFileRange.self)
  }
  private static let renameat2 = dlsym(nil, "renameat2").map { unsafeBitCast($0, to: Rename.self) }

  /// `sync_file_range` with `SYNC_FILE_RANGE_WRITE`; what goes wrong is for the sync to say.
  static func startWriting(_ descriptor: Int32) { _ = syncFileRange?(descriptor, 0, 0, 2) }

  /// `sync_file_range` with `SYNC_FILE_RANGE_WAIT_BEFORE`.
  static func awaitWriting(_ descriptor: Int32) -> Int32 {
    guard let syncFileRange else {
      errno = ENOSYS
      return -1
    }
    return syncFileRange(descriptor, 0, 0, 1)
  }

  /// `syncfs`: everything on the file system of the descriptor becomes durable.
  static func syncFileSystem(of descriptor: Int32) -> Int32 {
    guard let syncfs else {
      errno = ENOSYS
      return -1
    }
    return syncfs(descriptor)
  }

  /// `renameat2` with `RENAME_NOREPLACE`: `EEXIST` if something stands at the new path already. The
  /// old one may be relative to a folder.
  static func renameKeeping(_ old: String, in folder: Int32 = AT_FDCWD, _ new: String) -> Int32 {
    guard let renameat2 else {
      errno = ENOSYS
      return -1
    }
    return renameat2(folder, old, AT_FDCWD, new, 1)
  }

  /// Takes a lease for readers on the file of the descriptor, and gives it back: `false` if somebody
  /// has the file open for writing.
  static func isLeasedToReaders(_ descriptor: Int32) -> Bool {
    let (setSignal, setLease) = (10 as Int32, 1024 as Int32)  // F_SETSIG, F_SETLEASE
    // Who opens it at this moment has us told; by default the signal would end us.
    guard fcntl(descriptor, setSignal, SIGURG) == 0,
      fcntl(descriptor, setLease, Int32(F_RDLCK)) == 0
    else { return false }
    return fcntl(descriptor, setLease, Int32(F_UNLCK)) == 0
  }
}
