import ArgumentParser
import Engine
import FoundationEssentials
import Glibc
import Pipelines
import Store

/// The exit codes of every command.
enum ExitStatus: Int32 {
  case done = 0
  /// A stage failed, or a result was not reproduced.
  case failed = 1
  /// The request or the pipeline file is wrong.
  case wrongRequest = 2
  /// The store is damaged.
  case damagedStore = 3
  case interrupted = 130

  /// A command ends with this status after having said all there is to say.
  struct Exit: Error { let status: ExitStatus }

  init(of error: any Error) {
    self =
      switch error {
      case let exit as Exit: exit.status
      case is CancellationError: .interrupted
      case is RunFailure: .failed
      case is PipelineErrors: .wrongRequest
      case let error as StoreError:
        error.isDamage ? .damagedStore : error.isRequest ? .wrongRequest : .failed
      case let error as BundleError: error.isRequest ? .wrongRequest : .failed
      case is VerdictError: .wrongRequest
      case let error as EngineError: error.isRequest ? .wrongRequest : .failed
      default: Repro.exitCode(for: error).isSuccess ? .done : .wrongRequest
      }
  }

  /// Prints what the error says, where it has not been said yet, and ends the process.
  func leave(saying error: any Error) -> Never {
    switch error {
    case is Exit: break
    case is CancellationError:
      Console.complain("interrupted; what was finished is kept, the next run goes on from there")
    case let failure as RunFailure:
      for stage in failure.stages {
        Console.complain(about: stage.error, in: "stage '\(stage.name)'")
      }
      if !failure.skipped.isEmpty {
        let names = failure.skipped.prefix(8).joined(separator: ", ")
        let more = failure.skipped.count > 8 ? " and \(failure.skipped.count - 8) more" : ""
        Console.sayError("not computed: \(Console.printable(names))\(more)")
      }
    case let problems as PipelineErrors:
      for problem in problems.problems { Console.complain(about: problem) }
      if problems.omitted > 0 { Console.sayError("and \(problems.omitted) more problems") }
    case is any LocalizedError: Console.complain(about: error)
    default:
      // The argument parser's own: help and version go to standard output.
      let text = Repro.fullMessage(for: error)
      if self == .done {
        Console.print(text)
      } else {
        Console.sayError(Console.printable(lines: text))
      }
    }
    exit(rawValue)
  }
}

extension EngineError {
  /// Whether the user asked for something that is not there.
  fileprivate var isRequest: Bool {
    switch self {
    case .unknownStage, .missingFile, .missingItem, .linkedFile, .missingTool,
      .nothingToAccept, .otherKindVersion, .noRecordedEngine, .otherPlatform, .untrustedEngine:
      true
    default: false
    }
  }
}

extension BundleError {
  /// Whether the file is wrong; the cache is, otherwise, not what the file needs.
  fileprivate var isRequest: Bool {
    switch self {
    case .otherResult, .incomplete: false
    default: true
    }
  }
}
