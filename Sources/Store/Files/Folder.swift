import Glibc

/// What is done to folders.
enum Folder {
  /// Makes the folder and those above it, where they are missing; each is durable.
  static func make(_ path: String, mode: mode_t = 0o755) throws(StoreError) {
    guard try FileStatus.at(path)?.kind != .folder else { return }
    var isMade = retrying { mkdir(path, mode) } == 0
    if !isMade, errno == ENOENT, parent(of: path) != path {
      // Once: where the parent is there, /proc says ENOENT for ever.
      try make(parent(of: path), mode: mode)
      isMade = retrying { mkdir(path, mode) } == 0
    }
    if isMade { return try sync(parent(of: path)) }
    let code = errno
    // A link to a folder will do, and so will a folder somebody else just made.
    var status = stat()
    guard code == EEXIST, stat(path, &status) == 0, FileKind(mode: status.st_mode) == .folder else {
      throw .system("mkdir", path: path, errno: code)
    }
  }

  /// Makes the folders in `parent`, where they are missing; all are durable.
  static func make(_ names: [String], in parent: String) throws(StoreError) {
    guard let first = names.first else { return }
    // With those above it.
    try make("\(parent)/\(first)")
    var isAnyMade = false
    for name in names.dropFirst() {
      let path = "\(parent)/\(name)"
      if try FileStatus.at(path)?.kind == .folder { continue }
      if try makeOne(path) { isAnyMade = true } else { try make(path) }
    }
    if isAnyMade { try sync(parent) }
  }

  /// Makes one folder, unless it is there: then `false`. It is not durable yet.
  static func makeOne(_ path: String) throws(StoreError) -> Bool {
    if retrying({ mkdir(path, 0o755) }) == 0 { return true }
    guard errno == EEXIST else { throw .system("mkdir", path: path, errno: errno) }
    return false
  }

  static func parent(of path: String) -> String {
    let trimmed = path.reversed().drop { $0 == "/" }
    let rest = trimmed.drop { $0 != "/" }.drop { $0 == "/" }
    if rest.isEmpty { return path.hasPrefix("/") ? "/" : "." }
    return String(String(rest).reversed())
  }

  /// Makes the names in the folder durable.
  static func sync(_ path: String) throws(StoreError) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    let descriptor = retrying { open(path, flags) }
    guard descriptor >= 0 else { throw .system("open", path: path, errno: errno) }
    defer { close(descriptor) }
    guard retrying({ fsync(descriptor) }) == 0 else {
      throw .system("fsync", path: path, errno: errno)
    }
  }

  /// The names in an open folder as the bytes they are, in the order of these; without `.` and `..`.
  static func names(in folder: OpenFile) throws(StoreError) -> [[UInt8]] {
    var names: [[UInt8]] = []
    _ = try forEachName(in: folder) { name in
      names.append(Array(UnsafeRawBufferPointer(start: name, count: strlen(name))))
      return true
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Hands the names in an open folder to `body`, in no order, until it says no: `false` then.
  static func forEachName(
    in folder: OpenFile, _ body: (UnsafePointer<CChar>) -> Bool
  ) throws(StoreError) -> Bool {
    // The stream owns its descriptor, and the folder keeps its own.
    let copy = retrying { fcntl(folder.descriptor, F_DUPFD_CLOEXEC, 0) }
    guard copy >= 0 else { throw .system("dup", path: folder.path, errno: errno) }
    guard let stream = fdopendir(copy) else {
      let code = errno
      close(copy)
      throw .system("opendir", path: folder.path, errno: code)
    }
    defer { closedir(stream) }
    rewinddir(stream)
    // Where it stands: a copy would be 256 bytes long, and the name is shorter.
    guard let start = MemoryLayout<dirent>.offset(of: \.d_name) else { return false }
    errno = 0
    while let entry = readdir(stream) {
      let name = UnsafeRawPointer(entry).advanced(by: start).assumingMemoryBound(to: CChar.self)
      guard strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || body(name) else { return false }
      errno = 0
    }
    guard errno == 0 else { throw .system("readdir", path: folder.path, errno: errno) }
    return true
  }

  /// The names in the folder that are UTF-8; none if there is no such folder.
  static func names(at path: String) throws(StoreError) -> [String] {
    guard try FileStatus.at(path)?.kind == .folder else { return [] }
    let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
    return try names(in: folder).compactMap { String(validating: $0, as: UTF8.self) }
  }

  /// Removes whatever stands at the path, links unfollowed; a folder with all that is in it.
  ///
  /// What cannot be removed stays, and the next sweep meets it again.
  static func remove(_ path: String) {
    if unlink(path) == 0 || errno == ENOENT { return }
    remove(name: path, path: path, in: AT_FDCWD, depth: 0)
  }

  private static func remove(name: String, path: String, in parent: Int32, depth: Int) {
    if unlinkat(parent, name, 0) == 0 || errno == ENOENT || depth > 500 { return }
    if unlinkat(parent, name, AT_REMOVEDIR) == 0 { return }
    // A stage may have left a folder that it took its own rights from.
    fchmodat(parent, name, 0o700, 0)
    if let folder = try? OpenFile(path, O_RDONLY | O_DIRECTORY, name: name, in: parent),
      let names = try? names(in: folder)
    {
      for bytes in names {
        // A name that is not UTF-8 is passed on as it is.
        if let name = String(validating: bytes, as: UTF8.self) {
          remove(name: name, path: "\(path)/\(name)", in: folder.descriptor, depth: depth + 1)
        } else {
          (bytes + [0]).withUnsafeBytes { raw in
            let name = raw.bindMemory(to: CChar.self).baseAddress
            _ = name.map { unlinkat(folder.descriptor, $0, 0) }
          }
        }
      }
    }
    unlinkat(parent, name, AT_REMOVEDIR)
  }

  /// The number and the size of the files below the path.
  static func usage(of path: String) throws(StoreError) -> Usage.Amount {
    guard let status = try FileStatus.at(path) else { return .zero }
    guard status.kind == .folder else { return Usage.Amount(count: 1, bytes: status.size) }
    var sum = Usage.Amount.zero
    for name in try names(at: path) { sum += try usage(of: "\(path)/\(name)") }
    return sum
  }
}
