import Glibc
import Store

/// What stages print: in their folders while they run, with their results when they are done.
enum StageLog {
  /// The last lines of a log, at most `count` of them and not too long.
  static func lastLines(_ count: Int, of path: String) -> [String] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    let end = lseek(file, 0, SEEK_END)
    guard end > 0 else { return [] }
    var buffer = [UInt8](repeating: 0, count: min(end, 16_384))
    let read = pread(file, &buffer, buffer.count, end - buffer.count)
    guard read > 0 else { return [] }
    let text = String(decoding: buffer[..<read], as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).suffix(count).map { String($0.prefix(500)) }
  }
}

/// The logs of stages that failed: the last one of each stage stays.
struct FailedLogs: Sendable {
  private let root: String
  private let folder: String

  init(_ store: Store, pipeline: String) {
    root = "\(store.path)/logs"
    // The digest stands for names that a file cannot have.
    folder = "\(root)/\(Digest(hashing: Array(pipeline.utf8)))"
  }

  func path(of stage: String) -> String { "\(folder)/\(stage).txt" }

  /// Moves the log here. Without it the message of the failure has its last lines.
  func keep(_ log: String, of stage: String) {
    for path in [root, folder] { mkdir(path, 0o755) }
    rename(log, path(of: stage))
  }
}
