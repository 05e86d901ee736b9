import Pipelines

/// The stages of a study as its pipeline names them, each with what it is called at the points.
struct SweptStages {
  struct Stage {
    let name: String
    let kind: String
    /// The names of the stages that it reads from, in the pipeline's order.
    var sources: [String]
    /// What it is called in `Study.whole`; one for all points that share it.
    var wholeNames: [String] = []
  }

  private(set) var stages: [Stage] = []

  init(of study: Study) {
    var numbers: [String: Int] = [:]
    var seen: Set<String> = []
    for point in study.points {
      for (stage, whole) in zip(point.pipeline.stages, point.stages) {
        let number = numbers[stage.name] ?? stages.count
        let sources = stage.sources
        if number == stages.count {
          numbers[stage.name] = number
          stages.append(Stage(name: stage.name, kind: stage.kind, sources: sources))
        } else {
          stages[number].sources += sources.filter { !stages[number].sources.contains($0) }
        }
        if seen.insert(whole).inserted { stages[number].wholeNames.append(whole) }
      }
    }
    for index in stages.indices {
      stages[index].sources.sort { numbers[$0] ?? 0 < numbers[$1] ?? 0 }
    }
  }
}

extension ResolvedStage {
  /// The names of the stages that it reads from, each once.
  fileprivate var sources: [String] {
    var names: Set<String> = []
    for case .output(let stage, _, _) in inputs.values { names.insert(stage) }
    return names.sorted()
  }
}
