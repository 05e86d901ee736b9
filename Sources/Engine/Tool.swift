import Glibc
import Store

/// A program that a command names, as found on this machine.
struct Tool: Sendable {
  /// Its path as found, and where each symbolic link on from there leads.
  let paths: [String]
  /// What the program is, at the end of the links.
  var path: String { paths.last ?? "" }

  /// Looks the program up as a shell in the `folder` would; `nil` if there is none.
  static func find(_ name: String, searching path: String, from folder: String = "") -> Tool? {
    let candidates =
      name.contains("/")
      ? [name.hasPrefix("/") ? name : "\(folder)/\(name)"]
      : path.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
    return candidates.first { isProgram($0) }.map { Tool(paths: links(from: $0)) }
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return path.hasPrefix("/") && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && access(path, X_OK) == 0
  }

  /// The path and those that its links lead over, as `readlink` tells them.
  private static func links(from start: String) -> [String] {
    var paths = [start]
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    while paths.count < 40 {
      let current = paths[paths.count - 1]
      let count = readlink(current, &buffer, buffer.count)
      guard count > 0 else { break }
      let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let folder = current[..<(current.lastIndex(of: "/") ?? current.startIndex)]
      paths.append(target.hasPrefix("/") ? target : "\(folder)/\(target)")
    }
    // The folders on the way may be links themselves: the end is where the kernel says it is.
    if let end = realpath(paths[paths.count - 1], nil) {
      paths.append(String(cString: end))
      free(end)
    }
    return paths
  }

  /// The folders that a program with its libraries and siblings lives in: of `/x/bin/python3`, `/x`.
  var homes: [String] {
    paths.compactMap { path in
      let folder = path.split(separator: "/").dropLast()
      guard let last = folder.last else { return nil }
      let isBin = ["bin", "shims", "sbin", "libexec"].contains(last)
      let above = folder.dropLast()
      // One step up from ~/bin is somebody's whole home.
      let isHome = above == ["root"] || (above.first == "home" && above.count <= 2)
      return "/" + (isBin && !above.isEmpty && !isHome ? above : folder).joined(separator: "/")
    }
  }
}
