import Foundation
import Glibc

/// Every file and folder below a folder, with what would show that somebody touched it.
struct Canaries: Equatable {
  private let sights: [String: String]

  /// Looks at everything below `path` but what begins with one of the names left out.
  init(below path: String, except omitted: [String] = []) {
    var sights: [String: String] = [:]
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    for name in ["."] + names where !omitted.contains(where: { name.hasPrefix($0) }) {
      var status = stat()
      guard lstat("\(path)/\(name)", &status) == 0 else { continue }
      // The folder itself changes when something omitted is made in it.
      let time = name == "." && !omitted.isEmpty ? timespec() : status.st_mtim
      let size = status.st_mode & S_IFMT == S_IFDIR ? 0 : status.st_size
      sights[name] =
        "\(status.st_ino) \(status.st_mode) \(size) \(time.tv_sec).\(time.tv_nsec)"
    }
    self.sights = sights
  }

  /// What is there now and was not before, is gone, or is not what it was.
  func changes(since before: Canaries) -> [String] {
    Set(sights.keys).union(before.sights.keys).filter { sights[$0] != before.sights[$0] }.sorted()
  }
}

extension Workspace.Result {
  /// What is wrong with the way in which the program ended and with what it said; empty if nothing is.
  func faults(allowing codes: Set<Int32>) -> [String] {
    var faults: [String] = []
    if !codes.contains(status) { faults.append("exit \(status)") }
    let said = output + errors
    if said.utf8.count > 40_000 { faults.append("\(said.utf8.count) bytes") }
    for trap in ["Fatal error", "Illegal instruction", "Swift/", "terminating with", "GRDB"]
    where said.contains(trap) {
      faults.append(trap)
    }
    let isPlain = said.unicodeScalars.allSatisfy {
      $0 == "\n" || $0 == "\t" || $0.properties.generalCategory != .control
    }
    if !isPlain { faults.append("control characters") }
    let isExplained = ["error: ", "Error: ", "damaged: ", "NOT reproduced"].contains {
      said.contains($0)
    }
    if status != 0, !isExplained { faults.append("no message") }
    return faults.isEmpty ? [] : faults + [String(said.prefix(1_000))]
  }
}
