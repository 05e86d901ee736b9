import Glibc

/// The whole content of a regular file.
package func readFile(at path: String) throws(FormatError) -> [UInt8] {
  let file = try open(path, O_RDONLY)
  defer { close(file) }
  var status = stat()
  guard fstat(file, &status) == 0 else { throw systemError("fstat", path) }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw .system(
      call: "read", path: path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
  }
  // The size is a first guess: a file that grows or shrinks meanwhile is read to its end all the same.
  var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size), 0) + 1)
  var filled = 0
  while true {
    if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
    let got = bytes.withUnsafeMutableBytes { room in
      read(file, room.baseAddress.map { $0 + filled }, room.count - filled)
    }
    if got < 0 {
      if errno == EINTR { continue }
      throw systemError("read", path)
    }
    if got == 0 { break }
    filled += got
  }
  bytes.removeLast(bytes.count - filled)
  return bytes
}

/// Makes the file, or replaces the content of the one that is there.
package func writeFile(_ bytes: [UInt8], to path: String) throws(FormatError) {
  let file = try open(path, O_WRONLY | O_CREAT | O_TRUNC)
  var written = 0
  while written < bytes.count {
    let count = bytes.withUnsafeBytes { all in
      write(file, all.baseAddress.map { $0 + written }, all.count - written)
    }
    if count < 0 {
      if errno == EINTR { continue }
      let error = systemError("write", path)
      close(file)
      throw error
    }
    written += count
  }
  // A full disk can show up only here.
  guard close(file) == 0 else { throw systemError("close", path) }
}

/// Makes a folder unless it is there; the folder around it must exist.
package func makeFolder(at path: String) throws(FormatError) {
  guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw systemError("mkdir", path) }
}

/// Whether something lies at `path`.
package func fileExists(at path: String) -> Bool {
  access(path, F_OK) == 0
}

private func open(_ path: String, _ flags: Int32) throws(FormatError) -> Int32 {
  while true {
    let file = Glibc.open(path, flags | O_CLOEXEC, 0o666)
    if file >= 0 { return file }
    if errno != EINTR { throw systemError("open", path) }
  }
}

private func systemError(_ call: String, _ path: String) -> FormatError {
  .system(call: call, path: path, code: errno)
}

/// What the system calls an `errno`.
func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code)).lowercased()
}
