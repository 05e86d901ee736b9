import Glibc
import Synchronization

/// Divides the threads among the stages that are executing, anew whenever one starts or ends.
///
/// No result depends on how many threads computed it, so a stage may be given more while it runs. Its
/// share stands in a file of its folder, which it looks at between steps.
package final class ThreadShares: Sendable {
  private let total: Int
  /// The folders of the stages that execute, each with the threads it declares.
  private let folders = Mutex<[String: Int?]>([:])

  package init(of total: Int) { self.total = total }

  /// Counts the stage that executes in the folder, and returns its share for now: what it wants if
  /// it says so, else its part of what the others leave.
  package func join(_ folder: String, wanting threads: Int? = nil) -> Int {
    change { $0[folder] = .some(threads) }[folder] ?? 1
  }

  package func leave(_ folder: String) { _ = change { $0[folder] = nil } }

  private func change(_ change: (inout [String: Int?]) -> Void) -> [String: Int] {
    folders.withLock { folders in
      change(&folders)
      let declared = folders.values.reduce(0) { $0 + ($1 ?? 0) }
      let sharing = folders.values.count { $0 == nil }
      let share = max(1, (total - declared) / max(1, sharing))
      let shares = folders.mapValues { min($0 ?? share, total) }
      for (folder, share) in shares { Self.write(share, to: Self.path(in: folder)) }
      return shares
    }
  }

  /// A share that cannot be told costs time, nothing else.
  private static func write(_ share: Int, to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { return }
    defer { close(file) }
    Array("\(share)\n".utf8).withUnsafeBytes { _ = Glibc.write(file, $0.baseAddress, $0.count) }
  }

  private static func path(in folder: String) -> String { "\(folder)/threads" }

  /// The share that stands in the folder; `nil` if there is none, or it is just being written.
  package static func share(in folder: String) -> Int? {
    let file = open(path(in: folder), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var digits = [UInt8](repeating: 0, count: 16)
    let count = digits.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
    guard count > 0, digits[count - 1] == UInt8(ascii: "\n") else { return nil }
    return Int(String(decoding: digits[..<(count - 1)], as: UTF8.self)).flatMap {
      $0 > 0 ? $0 : nil
    }
  }
}
