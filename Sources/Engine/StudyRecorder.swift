import Documents
import Pipelines
import Store

/// Records what came of a study: a run for each point that is whole, and how it was asked for.
struct StudyRecorder: Sendable {
  let engine: Engine
  let study: Study
  let tasks: StudyTasks
  let sources: ExternalSources
  let occasion: Occasion
  let request: RunRequest?
  let parent: RunParent?
  let found: Circumstances.Found
  /// What all of it took.
  let seconds: Double

  private var store: Store { engine.store }

  func record(_ outcomes: [StageOutcome], _ failure: RunFailure?) throws -> StudyOutcome {
    // What several points share was executed for the first of them.
    var known = Dictionary(
      outcomes.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    var points: [StudyOutcome.Point] = []
    for number in study.points.indices {
      let point = tasks.point(number)
      let own = point.outcomes(known)
      let isWhole = own.count == point.tasks.count
      let run = isWhole ? try record(own, of: point, number) : nil
      points.append(.init(values: study.points[number].values, run: run))
      guard isWhole else { continue }
      for name in point.names { known[name] = known[name]?.reused }
    }
    return StudyOutcome(
      study: study, points: points, failure: failure,
      executed: outcomes.count { !$0.wasReused }, reused: outcomes.count(where: \.wasReused))
  }

  private func record(
    _ outcomes: [StageOutcome], of point: StudyTasks.Point, _ number: Int
  ) throws -> RunOutcome {
    let pipeline = study.points[number].pipeline
    let stored = try store.put(bytes: point.snapshot(outcomes).canonicalBytes)
    let run = RunOutcome(
      runHash: stored.digest, name: pipeline.name,
      stages: outcomes.map {
        .init(name: $0.name, record: $0.record, wasReused: $0.wasReused, seconds: $0.seconds)
      })
    try store.saveRun(
      hash: run.runHash, name: run.name,
      records: Dictionary(uniqueKeysWithValues: run.stages.map { ($0.name, $0.record.key) }))
    let isAlone = study.points.count == 1
    let answer =
      isAlone && parent == nil
      ? request?.sha256(sources.folder, occasion).map {
        RunAnswer(to: $0, run, snapshot: stored, sources: sources)
      } : nil
    // Good to know, but not worth a run that is done.
    let origin = request.flatMap { try? keepOrigin($0, of: point, number) }
    try engine.addExecution(
      of: run, occasion, seconds: isAlone ? seconds : run.stages.reduce(0) { $0 + $1.seconds },
      answer: answer, origin: origin, executable: found.executable, parent: parent?.run)
    return run
  }

  /// Stores how the run was asked for, with the file and the programs that commands declare.
  private func keepOrigin(
    _ request: RunRequest, of point: StudyTasks.Point, _ number: Int
  ) throws -> Content {
    let pipeline = study.points[number].pipeline
    var files: Set<String> = []
    for case .file(let path) in pipeline.stages.flatMap(\.inputs.values) { files.insert(path) }
    let declared = point.tools
    // One that was replaced meanwhile is not what was used.
    let tools = sources.tools.filter { name, content in
      guard declared.contains(name) else { return false }
      let tool = Tool.find(name, searching: sources.options.searchPath)
      return tool.flatMap { try? store.put(at: $0.path) } == content
    }
    let own = study.overrides(of: study.points[number])
    let origin = Origin(
      pipeline: try store.put(bytes: request.pipeline), file: request.file,
      overrides: request.overrides.filter { !own.contains($0) } + own, resolved: pipeline.value,
      files: parent == nil ? sources.files.filter { files.contains($0.key) } : sources.files,
      tools: tools, repository: found.repository)
    return try store.put(bytes: origin.value.canonicalBytes)
  }
}

extension StageOutcome {
  /// The same as the points after the first one see it.
  fileprivate var reused: StageOutcome {
    StageOutcome(name: name, record: record, preimage: preimage, wasReused: true, seconds: 0)
  }
}
