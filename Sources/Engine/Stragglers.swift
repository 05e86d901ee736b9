import Glibc

/// Processes that left the process group of the command that started them.
///
/// They are known by a variable that a command's processes inherit: the path of its params, which no
/// other command has.
enum Stragglers {
  static let variable = "REPRO_PARAMS"

  /// Kills the processes of commands whose params lie at a path that starts so, and whatever they
  /// start meanwhile. One that has cleared its environment, or that is another user's, is not found.
  static func end(ofParams path: String) {
    let mark = Array("\(variable)=\(path)".utf8)
    // A process that starts others while it is being looked for is found the next time.
    for _ in 0..<100 {
      let found = Folder.names(in: "/proc").compactMap { pid_t($0) }.filter { carries(mark, $0) }
      if found.isEmpty { return }
      for process in found { kill(process, SIGKILL) }
    }
  }

  private static func carries(_ mark: [UInt8], _ process: pid_t) -> Bool {
    guard process != getpid(), let environment = Folder.bytes(of: "/proc/\(process)/environ")
    else { return false }
    return environment.split(separator: 0).contains { $0.starts(with: mark) }
  }
}
