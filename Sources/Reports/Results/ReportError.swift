import Documents
public import FoundationEssentials
import Pipelines

/// What can be wrong with what is asked for of results.
public enum ReportError: Error, Equatable {
  case unknownFigure(String, stage: String, result: String, known: [String])
  case unknownOutput(String, result: String)
  case unknownMetric(String, output: String, result: String, known: [String])
  case noEpoch(Int, output: String, result: String, last: Int)
  case notMetrics(String, result: String?)
  case unknownAxis(String, option: String, known: [String])
  case unknownResult(String, known: [String])
  case severalPartners(side: String, pairedBy: String, points: [String])
  case nothingInCommon(a: [String], b: [String])
  case malformedVariants(String)
}

extension ReportError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .unknownFigure(let figure, let stage, let result, _):
      "result \(quoted(result)): stage \(quoted(stage)) reported no figure \(quoted(figure))"
    case .unknownOutput(let output, let result):
      "result \(quoted(result)): the recorded result has no output \(quoted(output))"
    case .unknownMetric(let metric, let output, let result, _):
      "result \(quoted(result)): no row of \(quoted(output)) has the metric \(quoted(metric))"
    case .noEpoch(let epoch, let output, let result, let last):
      "result \(quoted(result)): \(quoted(output)) has no row of epoch \(epoch), the last is \(last)"
    case .notMetrics(let output, let result):
      (result.map { "result \(quoted($0)): " } ?? "")
        + "\(quoted(output)) holds no metrics, one JSON object a line"
    case .unknownAxis(let name, let option, _):
      "\(option) \(printable(name)): nothing of that name is swept"
    case .unknownResult(let name, _): "no result is called \(quoted(name))"
    case .severalPartners(let side, let key, let points):
      "\(points.count) points of \(side) have \(key), so that it is not known which to pair"
    case .nothingInCommon: "A and B have no result of one name"
    case .malformedVariants(let text): "\(quoted(text)) is not of the form PARAM=VALUE1,VALUE2"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .unknownFigure(let name, _, _, let known):
      known.isEmpty
        ? "it reported none; name a row of its metrics, with 'of: STAGE.OUTPUT' and 'metric:'"
        : nearest(name, known, else: "it reported")
    case .unknownOutput: "run the pipeline again"
    case .unknownMetric(let name, _, _, let known): nearest(name, known, else: "it has")
    case .noEpoch: "choose another epoch, 'last', or train for longer"
    case .notMetrics: "name an output of JSON lines, such as 'metrics'"
    case .unknownAxis(let name, _, let known):
      known.isEmpty ? "leave it out" : nearest(name, known, else: "swept are")
    case .unknownResult(let name, let known): nearest(name, known, else: "the results are")
    case .severalPartners(_, _, let points):
      "fix what else differs with --set: \(listed(points, separator: "; "))"
    case .nothingInCommon(let a, let b): "A has \(listed(a)); B has \(listed(b))"
    case .malformedVariants: "write it like --over noise.type=pair,symmetric"
    }
  }
}

private func nearest(_ name: String, _ known: [String], else lead: String) -> String {
  closest(to: name, in: known).map { "did you mean \(quoted($0))?" } ?? "\(lead) \(listed(known))"
}
