import Glibc

extension ObjectFolder {
  /// The files in it that are named by a digest of which `isKnown` knows nothing, in order.
  ///
  /// Names are compared where they are: there may be many hundred thousand.
  func strays(_ isKnown: (Digest) -> Bool) throws -> [String] {
    var strays: [Digest] = []
    for name in try Folder.names(at: path) where name.utf8.count == 2 {
      guard let prefix = Digest.range(ofPrefix: name)?.lowerBound.high else { continue }
      guard let folder = try open(name) else { continue }
      try Self.eachName(in: folder) { rest in
        if let digest = Self.digest(prefix: prefix, rest), !isKnown(digest) {
          strays.append(digest)
        }
      }
    }
    return strays.sorted().map(path(of:))
  }

  private func open(_ name: String) throws(StoreError) -> OpenFile? {
    do throws(StoreError) {
      return try OpenFile("\(path)/\(name)", O_RDONLY | O_DIRECTORY)
    } catch .system(_, _, ENOTDIR), .system(_, _, ELOOP), .system(_, _, ENOENT) {
      return nil
    }
  }

  private static func eachName(
    in folder: OpenFile, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(StoreError) {
    let copy = retrying { fcntl(folder.descriptor, F_DUPFD_CLOEXEC, 0) }
    guard copy >= 0 else { throw .system("dup", path: folder.path, errno: errno) }
    guard let stream = fdopendir(copy) else {
      let code = errno
      close(copy)
      throw .system("opendir", path: folder.path, errno: code)
    }
    defer { closedir(stream) }
    errno = 0
    while let entry = readdir(stream) {
      withUnsafeBytes(of: &entry.pointee.d_name) { body($0) }
      errno = 0
    }
    guard errno == 0 else { throw .system("readdir", path: folder.path, errno: errno) }
  }

  /// The digest whose first two digits are in `prefix` and whose others are the whole name.
  private static func digest(prefix: UInt64, _ name: UnsafeRawBufferPointer) -> Digest? {
    var (high, low) = (prefix >> 56, UInt64(0))
    guard name.count > 30, name[30] == 0 else { return nil }
    for index in 0..<30 {
      guard let digit = Hexadecimal.value(name[index]) else { return nil }
      if index < 14 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
    }
    return Digest(high: high, low: low)
  }
}
