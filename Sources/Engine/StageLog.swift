import Documents
import Glibc
public import Store

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

/// The logs that there are of a stage, wherever they lie.
public struct StageLogs: Sendable {
  public enum Log: Sendable {
    /// A file: of a stage that runs, or of one that failed.
    case file(String, isRunning: Bool)
    case recorded([UInt8])
  }

  private let store: Store

  public init(_ store: Store) { self.store = store }

  /// The log of the stage — `STAGE`, `PIPELINE/STAGE`, or the beginning of a key — that is newest.
  public func find(_ name: String) throws -> Log? {
    let stage = name.split(separator: "/").last.map(String.init) ?? name
    if isPlain(stage) {
      if let path = running(stage) { return .file(path, isRunning: true) }
      if let path = failed(stage, of: name) { return .file(path, isRunning: false) }
    }
    let isLabel: (String) -> Bool = { $0 == name || $0.hasSuffix("/\(name)") }
    let newest = try store.results().filter { isLabel($0.stage) }.max { $0.madeAt < $1.madeAt }
    let key: Digest?
    do {
      key = try newest?.key ?? store.key(matching: name)
    } catch let error as StoreError where error.isUnknown {
      return nil
    }
    return try key.flatMap(recorded).map(Log.recorded)
  }

  private func isPlain(_ stage: String) -> Bool {
    !stage.isEmpty && stage.utf8.count <= 100 && !stage.hasPrefix(".") && !stage.utf8.contains(0)
  }

  private func running(_ stage: String) -> String? {
    let work = "\(store.path)/work"
    return newest(Folder.names(in: work).map { "\(work)/\($0)/\(stage)/log.txt" })
  }

  private func failed(_ stage: String, of name: String) -> String? {
    let logs = "\(store.path)/logs"
    let pipeline = name.dropLast(stage.count + 1)
    if !pipeline.isEmpty {
      let path = FailedLogs(store, pipeline: String(pipeline)).path(of: stage)
      return Folder.exists(path) ? path : nil
    }
    return newest(Folder.names(in: logs).map { "\(logs)/\($0)/\(stage).txt" })
  }

  private func newest(_ paths: [String]) -> String? {
    paths.filter { Folder.exists($0) }.max { Folder.modified($0) < Folder.modified($1) }
  }

  private func recorded(_ key: Digest) throws -> [UInt8]? {
    guard let log = try store.record(for: key)?.notes["log"] else { return nil }
    return try store.bytes(of: Content(value: log).digest)
  }
}
