import Documents
package import Pipelines

/// Which figures nobody can have who does not know the truth: choosing by one gives an *oracle*, which shows
/// what could be reached, not what would be.
package enum Oracle {
  /// Whether a figure of this name is measured on the test set, against true labels or against a true matrix.
  ///
  /// By its name, the one thing known of figures of every origin: an error of an estimate or of a transition
  /// matrix, and any name with one of the words test, true, truth, clean and oracle in it.
  package static func needsTruth(_ figure: String) -> Bool {
    let words = figure.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    if words.contains("error"),
      words.contains(where: { ["estimation", "transition", "t"].contains($0) })
    {
      return true
    }
    return words.contains { ["test", "true", "truth", "clean", "oracle"].contains($0) }
  }

  /// Whether the figure was chosen by something that needs the truth: the row it is taken from, or a stage above
  /// it that takes the maximum or minimum (`mode`) `by` such a metric.
  package static func chose(_ spec: ResultSpec, in pipeline: ResolvedPipeline) -> Bool {
    if case .metric(_, _, _, .best(let metric, _)) = spec.source, needsTruth(metric) {
      return true
    }
    let stages = Dictionary(
      pipeline.stages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var open = [spec.stage]
    var seen = Set(open)
    while let stage = open.popLast().flatMap({ stages[$0] }) {
      if let metric = stage.config["by"]?.string, stage.config["mode"] != nil, needsTruth(metric) {
        return true
      }
      for case .output(let source, _, _) in stage.inputs.values
      where seen.insert(source).inserted {
        open.append(source)
      }
    }
    return false
  }

  /// Whether choosing points by this result is.
  static func chooses(by spec: ResultSpec, in pipeline: ResolvedPipeline) -> Bool {
    needsTruth(spec.metric) || chose(spec, in: pipeline)
  }
}
