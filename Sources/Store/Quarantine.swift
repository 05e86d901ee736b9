import Glibc

/// Where damaged files go: out of use, but not lost.
struct Quarantine: Sendable {
  let path: String

  /// Moves what stands at `damaged` here, under `name` and a number that is free. What is gone by
  /// now is nobody's any more.
  func take(_ damaged: String, as name: String) throws(StoreError) {
    try Folder.make(path)
    var number = 1
    while try FileStatus.at("\(path)/\(name)-\(number)") != nil { number += 1 }
    guard rename(damaged, "\(path)/\(name)-\(number)") == 0 || errno == ENOENT else {
      throw .system("rename", path: damaged, errno: errno)
    }
  }
}
