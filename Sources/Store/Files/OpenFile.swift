import Glibc

/// An open file or folder, closed when nobody uses it any more.
final class OpenFile {
  private(set) var descriptor: Int32
  /// For messages; the file may have moved since.
  let path: String

  /// Opens with `flags`; never follows a link in the last part, never waits for the other end of a
  /// pipe, and no child process inherits it. With a `folder`, `name` is relative to that descriptor
  /// and the path is for messages only.
  init(
    _ path: String, _ flags: Int32, mode: mode_t = 0, name: String? = nil, in folder: Int32? = nil
  ) throws(StoreError) {
    let flags = flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let opened = retrying { openat(folder ?? AT_FDCWD, name ?? path, flags, mode) }
    guard opened >= 0 else { throw .system("open", path: path, errno: errno) }
    descriptor = opened
    self.path = path
  }

  /// Opens a plain file for reading; anything else is refused.
  static func reading(
    _ path: String, name: String? = nil, in folder: Int32? = nil
  ) throws(StoreError) -> OpenFile {
    do throws(StoreError) {
      let file = try OpenFile(path, O_RDONLY, name: name, in: folder)
      let status = try file.status()
      guard status.kind == .file else { throw StoreError.notPlain(path, status.kind) }
      return file
    } catch .system(_, _, ELOOP) {
      throw .notPlain(path, .link)
    } catch .system(_, _, ENXIO) {
      throw .notPlain(path, .socket)
    }
  }

  /// The same, if a plain file is there; `nil` for nothing, and for anything else. A call that fails
  /// for another reason says nothing about the file, and is an error.
  static func readingIfThere(_ path: String) throws(StoreError) -> OpenFile? {
    do throws(StoreError) {
      return try reading(path)
    } catch .notPlain, .system(_, _, ENOENT), .system(_, _, ENOTDIR) {
      return nil
    }
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  func status() throws(StoreError) -> FileStatus {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("fstat", path: path, errno: errno) }
    return FileStatus(status)
  }

  /// Reads up to the buffer's size; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    let count = retrying { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
    guard count >= 0 else { throw .system("read", path: path, errno: errno) }
    return count
  }

  func rewind() throws(StoreError) { try seek(to: 0) }

  func seek(to offset: Int) throws(StoreError) {
    guard lseek(descriptor, off_t(offset), SEEK_SET) == offset else {
      throw .system("lseek", path: path, errno: errno)
    }
  }

  /// Writes all of it, in as many calls as that takes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    var rest = bytes
    while !rest.isEmpty {
      let written = retrying { Glibc.write(descriptor, rest.baseAddress, rest.count) }
      // A write of nothing sets no error; the disk that takes nothing is full.
      guard written > 0 else {
        throw .system("write", path: path, errno: written < 0 ? errno : ENOSPC)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Whether nobody has it open for writing, nor mapped so: a mapping holds what it was made from.
  /// `false` also where the file system cannot tell.
  var hasNoWriters: Bool { GNUCalls.isLeasedToReaders(descriptor) }

  /// Whether it is what stands at the path, under no other name, and our own.
  func isOnly(at path: String) throws(StoreError) -> Bool {
    var (mine, other) = (stat(), stat())
    guard fstat(descriptor, &mine) == 0 else { throw .system("fstat", path: path, errno: errno) }
    return lstat(path, &other) == 0 && mine.st_ino == other.st_ino && mine.st_dev == other.st_dev
      && mine.st_nlink == 1 && mine.st_uid == geteuid()
  }

  func setMode(_ mode: mode_t) throws(StoreError) {
    guard fchmod(descriptor, mode) == 0 else { throw .system("chmod", path: path, errno: errno) }
  }

  /// Has the disk begin to write, so that a sync soon after has less to wait for.
  func startWriting() {
    GNUCalls.startWriting(descriptor)
  }

  /// Waits for what the disk is writing at this moment, and says whether that and all before went
  /// well: a sync of the whole file system tells of an earlier failure only if nobody was told.
  func awaitWriting() throws(StoreError) {
    if retrying({ GNUCalls.awaitWriting(descriptor) }) == 0 { return }
    guard errno == ENOSYS else { throw .system("sync_file_range", path: path, errno: errno) }
    try sync()
  }

  /// Makes what was written durable. After a failure the bytes are lost: never try again.
  func sync() throws(StoreError) {
    guard retrying({ fsync(descriptor) }) == 0 else {
      throw .system("fsync", path: path, errno: errno)
    }
  }

  /// Makes everything on this file's file system durable.
  func syncFileSystem() throws(StoreError) {
    guard retrying({ GNUCalls.syncFileSystem(of: descriptor) }) == 0 else {
      throw .system("syncfs", path: path, errno: errno)
    }
  }

  /// Closes it if it is open, and says whether that went well: some file systems report lost bytes only here.
  func close() throws(StoreError) {
    guard descriptor >= 0 else { return }
    let result = Glibc.close(descriptor)
    descriptor = -1
    // EINTR means closed on Linux; a second close might hit somebody else's file.
    guard result == 0 || errno == EINTR else {
      throw .system("close", path: path, errno: errno)
    }
  }
}

/// Calls until the call is not interrupted by a signal.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
