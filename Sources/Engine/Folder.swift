import FoundationEssentials
import Glibc

/// Scratch folders.
enum Folder {
  /// Makes the folder, empty: what a killed predecessor left in it is removed.
  static func make(_ path: String) throws {
    try? FileManager.default.removeItem(atPath: path)
    guard mkdir(path, 0o755) == 0 else {
      throw EngineError.system("mkdir", path: path, errno: errno)
    }
  }

  /// Removes the folder and all in it. What cannot be removed is left to the next sweep of `work/`.
  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}

extension Folder {
  /// Whether anything stands at the path.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
