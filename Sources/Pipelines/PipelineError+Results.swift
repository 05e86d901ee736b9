extension PipelineError.Problem {
  /// What is wrong with what a pipeline names as its results.
  var resultStatement: String? {
    switch self {
    case .malformedResult(let text, let result):
      "result \(quoted(result)) is \(quoted(text)), which names no figure of a stage"
    case .unknownResultStage(let stage, let result, _):
      "result \(quoted(result)) is of \(quoted(stage)), which is no stage"
    case .unknownResultOutput(let output, let stage, let result, _):
      "result \(quoted(result)): stage \(quoted(stage)) has no output \(quoted(output))"
    case .folderAsResult(let output, let result):
      "result \(quoted(result)) is of \(quoted(output)), which is a folder and no metrics"
    case .rowOfFigure(let stage, let result):
      "result \(quoted(result)) is what stage \(quoted(stage)) reports, which has no rows to choose from"
    case .unknownResult(let name, _):
      "'choose' of the results goes by \(quoted(name)), which is none of them"
    case .unknownChoiceParam(let name, _):
      "'choose' of the results is made over \(quoted(name)), which is no param"
    default: nil
    }
  }

  var resultFix: String? {
    switch self {
    case .malformedResult:
      "write STAGE/FIGURE for what a stage reports, or { of: STAGE.OUTPUT, metric: NAME } for a row of metrics"
    case .unknownResultStage(let name, _, let allowed):
      nearest(name, allowed, else: "the stages are")
    case .unknownResultOutput(let output, let stage, _, let allowed):
      allowed.isEmpty
        ? "declare it under 'outputs:' of \(quoted(stage))"
        : nearest(output, allowed, else: "it has")
    case .folderAsResult: "name an output of JSON lines, such as 'metrics'"
    case .rowOfFigure: "remove 'at', or name metrics with 'of: STAGE.OUTPUT'"
    case .unknownResult(let name, let allowed): nearest(name, allowed, else: "the results are")
    case .unknownChoiceParam(let name, let allowed):
      nearest(name, allowed, else: "what can be swept is")
    default: nil
    }
  }
}
