import Engine
import Pipelines

/// The plan of a study, a swept stage on one line.
struct StudyPlan {
  private struct Row {
    let name: String
    var stages: [PlannedStage] = []
  }

  private let plan: [PlannedStage]
  private let points: Int
  private var rows: [Row] = []

  init(_ plan: [PlannedStage], of study: Study) {
    self.plan = plan
    points = study.points.count
    let planned = Dictionary(plan.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for stage in SweptStages(of: study).stages {
      rows.append(Row(name: stage.name, stages: stage.wholeNames.compactMap { planned[$0] }))
    }
  }

  var text: String {
    var table = Table(["stage", "run", "wait", "reuse", "why"], rightAligned: [1, 2, 3])
    for row in rows {
      let counts = [
        row.stages.count { if case .run = $0.verdict { true } else { false } },
        row.stages.count { if case .wait = $0.verdict { true } else { false } },
        row.stages.count(where: \.isReused),
      ].map { $0 == 0 ? "" : "\($0)" }
      table.rows.append([row.name] + counts + [why(row.stages)])
    }
    return "\(points) points\n\n\(table.text)\n\n\(PlanCommand.forecast(plan))"
  }

  /// What the stages have in common for which they run; where they have not, what the first one does for, and how
  /// many have other reasons.
  private func why(_ stages: [PlannedStage]) -> String {
    let reasons = stages.compactMap { stage -> String? in
      guard case .run = stage.verdict else { return nil }
      return PlanCommand.explain(stage.verdict).1.joined(separator: "; ")
    }
    guard let first = reasons.first else { return "" }
    let others = reasons.count { $0 != first }
    return others == 0 ? first : "\(first); \(others) for others"
  }
}
