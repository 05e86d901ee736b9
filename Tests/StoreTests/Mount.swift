import Foundation
import Glibc

/// A mounted file system, unmounted when nobody uses it any more.
final class Mount {
  /// Whether this user may, which is the superuser; in a namespace made by
  /// `unshare --map-root-user --mount`, which may be put before `swift test`, anybody is.
  static let isAllowed: Bool = {
    let scratch = Scratch()
    return geteuid() == 0
      && Mount(["-t", "tmpfs", "none"], at: "\(scratch.path)/probe") != nil
  }()

  let path: String

  /// Runs `mount` with the arguments and the path.
  init?(_ arguments: [String], at path: String) {
    self.path = path
    mkdir(path, 0o755)
    guard Self.run(["mount"] + arguments + [path]) else { return nil }
  }

  deinit { _ = Self.run(["umount", path]) }

  static func run(_ words: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
