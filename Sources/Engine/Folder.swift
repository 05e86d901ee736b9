import FoundationEssentials
import Glibc

/// Scratch folders.
enum Folder {
  /// Makes the folder, empty: what a killed predecessor left in it is removed.
  static func make(_ path: String) throws {
    if mkdir(path, 0o755) == 0 { return }
    remove(path)
    guard mkdir(path, 0o755) == 0 else {
      throw EngineError.system("mkdir", path: path, errno: errno)
    }
  }

  /// Makes the folder unless it is there; the one around it must exist.
  static func makeIfMissing(_ path: String) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw EngineError.system("mkdir", path: path, errno: errno)
    }
  }

  /// Removes the folder and all in it. What cannot be removed is left to the next sweep of `work/`.
  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  /// Whether anything stands at the path.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The names in the folder; none if there is no such folder.
  static func names(in path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }

  /// When the file at the path was last written, in seconds since 1970; 0 if there is none.
  static func modified(_ path: String) -> Double {
    var status = stat()
    guard stat(path, &status) == 0 else { return 0 }
    return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
  }

  /// The size of the file at the path; 0 if there is none.
  static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Writes a scratch file.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw EngineError.system("open", path: path, errno: errno) }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw EngineError.system("write", path: path, errno: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// The bytes of a file of which nobody knows the size; `nil` if it cannot be read.
  static func bytes(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// The path if it is a file, else the files below it, in no order.
  static func files(below path: String) -> [String] {
    var files: [String] = []
    var open = [path]
    while let path = open.popLast() {
      guard let folder = opendir(path) else {
        files.append(path)
        continue
      }
      defer { closedir(folder) }
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { open.append("\(path)/\(name)") }
      }
    }
    return files
  }
}
