import Glibc

/// The scratch folder of one execution of a stage.
///
/// ```
/// job.json, events.jsonl, threads   between repro and the process of a built-in kind
/// inputs/, outputs/                 its files
/// files/, tmp/, params.json         a command's folder, its temporary files, its params
/// log.txt                           all that the process prints
/// ```
struct StageFolder: Sendable {
  let path: String

  var job: String { "\(path)/job.json" }
  var events: String { "\(path)/events.jsonl" }
  var log: String { "\(path)/log.txt" }
  var inputs: String { "\(path)/inputs" }
  var outputs: String { "\(path)/outputs" }
  var files: String { "\(path)/files" }
  var temporary: String { "\(path)/tmp" }
  var params: String { "\(path)/params.json" }

  /// The last lines of the log, at most `count` of them and not too long.
  func lastLines(_ count: Int) -> [String] { StageLog.lastLines(count, of: log) }
}

/// What stages print.
enum StageLog {
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
