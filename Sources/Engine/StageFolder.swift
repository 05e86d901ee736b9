import Glibc

/// The scratch folder of one execution of a stage.
///
/// ```
/// job.json, events.jsonl, threads   between repro and the process of a built-in kind
/// inputs/, outputs/                 its files; the outputs of a stage that keeps a state are with that
/// files/, tmp/, params.json         a command's folder, its temporary files, its params
/// log.txt                           all that the process prints
/// ```
struct StageFolder: Sendable {
  let path: String
  let outputs: String

  init(path: String, outputs: String? = nil) {
    self.path = path
    self.outputs = outputs ?? "\(path)/outputs"
  }

  var job: String { "\(path)/job.json" }
  var events: String { "\(path)/events.jsonl" }
  var log: String { "\(path)/log.txt" }
  var inputs: String { "\(path)/inputs" }
  var files: String { "\(path)/files" }
  var temporary: String { "\(path)/tmp" }
  var params: String { "\(path)/params.json" }

  /// The last lines of the log, at most `count` of them and not too long.
  func lastLines(_ count: Int) -> [String] { StageLog.lastLines(count, of: log) }
}
