public import FoundationEssentials
import Glibc
public import Store

/// What can go wrong while stages are keyed, run and compared.
public enum EngineError: Error, Equatable {
  case system(String, path: String, errno: Int32)
  case malformedJob(String)
  case malformedSnapshot(Digest)
  case malformedPreimage(Digest)
  case otherKindVersion(String, version: Int)
  case unknownStage(String, known: [String])
  case missingFile(String, stage: String, input: String)
  case missingItem(String, stage: String, input: String, items: [String])
  case linkedFile(String, link: String, stage: String, input: String)
  case missingTool(String, stage: String)
  case missingOutput(String, log: [String])
  case wrongOutput(String, expectsFolder: Bool)
  case endedEarly(status: String, log: [String])
  case cannotStart(String, String)
  case changedInput(stage: String)
  case nothingToAccept(String, String)
  case failed(String, fix: String?)
  case neverRecorded(stage: String, key: Digest)
  case noRecordedEngine(String)
  case untrustedEngine
  case otherPlatform
  case recordIsGone(stage: String)
  case otherKey(stage: String, recorded: Digest, made: Digest)
}

extension EngineError {
  /// Whether the stage itself failed, so that another try may go better.
  var isWorthRetrying: Bool {
    switch self {
    case .endedEarly, .failed, .missingOutput: true
    default: false
    }
  }
}

extension EngineError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .system(let call, let path, let code):
      "\(call) '\(path)': \(String(cString: strerror(code)))"
    case .malformedJob(let path): "'\(path)' is no job file"
    case .malformedSnapshot(let digest): "object \(digest) is no snapshot"
    case .malformedPreimage(let digest): "object \(digest) is no preimage"
    case .otherKindVersion(let kind, let version):
      "this repro has no version \(version) of stage kind '\(kind)'"
    case .noRecordedEngine(let run):
      "the program that made run \(run.prefix(12)) was not kept"
    case .untrustedEngine: "the program that made the run came in a bundle, and may be anything"
    case .otherPlatform: "the program that made the run is not for this sort of machine"
    case .unknownStage(let name, _): "no stage '\(name)'"
    case .missingFile(let path, let stage, let input):
      "stage '\(stage)', input '\(input)': no file or folder '\(path)'"
    case .missingItem(let item, let stage, let input, _):
      "stage '\(stage)', input '\(input)': the folder has no item '\(item)'"
    case .linkedFile(let path, let link, let stage, let input):
      "stage '\(stage)', input '\(input)': '\(path)' leads over the symbolic link '\(link)'"
    case .missingTool(let name, let stage): "stage '\(stage)': no program '\(name)' is on the PATH"
    case .missingOutput(let name, let log):
      "the stage ended without its output '\(name)'" + Self.quoting(log)
    case .wrongOutput(let name, let expectsFolder):
      "output '\(name)' is \(expectsFolder ? "a file, not a folder" : "a folder, not a file")"
    case .endedEarly(let status, let log): "the stage's process \(status)" + Self.quoting(log)
    case .cannotStart(let program, let why): "cannot start '\(program)': \(why)"
    case .nothingToAccept(let stage, let why): "nothing to accept for stage '\(stage)': \(why)"
    case .changedInput: "the stage changed its own inputs, so that its result belongs to no key"
    case .failed(let text, _): text
    case .neverRecorded(let stage, let key):
      "the result of stage '\(stage)' (\(key)) is no longer recorded"
    case .recordIsGone(let stage):
      "stage '\(stage)' need not come out the same, and what was recorded of it is gone: "
        + "the stages below it have nothing to be compared on"
    case .otherKey(let stage, let recorded, let made):
      "stage '\(stage)' was recorded under key \(recorded), but its preimage makes \(made)"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .system, .wrongOutput: nil
    case .missingOutput: "write it, or take it out of the stage's 'outputs'"
    case .linkedFile: "name a file or folder that no link leads to"
    case .missingTool: "install it, or put its folder on the PATH"
    case .cannotStart: "is it a program, and for this machine?"
    case .nothingToAccept: "'repro plan' says what would run, and why"
    case .changedInput: "let it write its outputs only, or copy the input first"
    case .malformedJob: "job files are written by 'repro run' and read by its stages only"
    case .malformedSnapshot, .malformedPreimage: "run 'repro cache verify'"
    case .otherKindVersion:
      "let the program that made the run compute it: 'repro rerun --engine recorded'"
    case .unknownStage(_, let known): "the stages are \(known.joined(separator: ", "))"
    case .missingFile: "a 'file:' path is relative to the pipeline file"
    case .missingItem(_, _, _, let items): Self.listing(items)
    case .endedEarly(let status, _):
      status.hasPrefix("exited")
        ? "the log has more: 'repro log STAGE'"
        : "look for memory or time limits; the next run starts the stage again"
    case .failed(_, let fix): fix
    case .neverRecorded: "run the pipeline again, then rerun"
    case .noRecordedEngine: "rerun it with this program: leave out '--engine recorded'"
    case .untrustedEngine: "if you trust whoever made the bundle: --trust-engine"
    case .otherPlatform: "rerun it on a machine of that sort, or leave out '--engine recorded'"
    case .recordIsGone: "name another stage with --stage, or run the pipeline again"
    case .otherKey: "run 'repro cache verify'"
    }
  }

  /// The end of a stage's log, below what is wrong.
  private static func quoting(_ log: [String]) -> String {
    log.isEmpty ? "" : "; the last lines of its log:" + log.map { "\n  | \($0)" }.joined()
  }

  private static func listing(_ items: [String]) -> String {
    let shown = items.prefix(12).joined(separator: ", ")
    return items.count > 12 ? "it has \(shown) and \(items.count - 12) more" : "it has \(shown)"
  }
}
