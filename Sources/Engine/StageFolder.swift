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
