public import Pipelines
import Store

extension Engine {
  /// Computes what the store does not have of all points, each stage once that several share, then records a run for
  /// each point that is whole. A stage that fails stops no point that does not depend on it.
  ///
  /// - Throws: ``EngineError`` or `StoreError` before anything runs, `CancellationError` when interrupted. Results of
  ///   finished stages stay in the store.
  public func run(
    _ study: Study, folder: String, options: RunOptions, occasion: Occasion,
    request: RunRequest? = nil, onEvent: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> StudyOutcome {
    try await run(
      study, folder: folder, options: options, occasion: occasion, request: request,
      madeFrom: nil, onEvent: onEvent)
  }

  /// As for a pipeline: see ``plan(_:folder:options:)``. The stages are called as in `Study.whole`.
  public func plan(
    _ study: Study, folder: String, options: RunOptions
  ) throws -> [PlannedStage] {
    var options = options
    options.force = try forced(options.force, in: study)
    return try plan(study.whole, folder: folder, options: options)
  }

  /// What the stages of these names are called in the whole study.
  ///
  /// - Throws: ``EngineError/unknownStage(_:known:)`` for a name that no stage has.
  func forced(_ names: Set<String>, in study: Study) throws -> Set<String> {
    var forced: Set<String> = []
    for name in names.sorted() {
      let stages = study.names(of: name)
      if stages.isEmpty {
        throw EngineError.unknownStage(
          name, known: study.points[0].pipeline.stages.map(\.name))
      }
      forced.formUnion(stages)
    }
    return forced
  }

  /// What the store has of each point. Computes and changes nothing.
  public func points(
    of study: Study, folder: String, options: RunOptions
  ) throws -> [StudyPoint] {
    var sources = ExternalSources(
      store: store, folder: folder, keepsFiles: false, options: options)
    let tasks = try tasks(of: study.whole, reading: &sources)
    var known: [String: StageOutcome] = [:]
    try store.lookingUp {
      for task in tasks where task.upstream.allSatisfy({ known[$0] != nil }) {
        let contents = try? task.contents(in: store) { known[$0]?.record }
        guard let preimage = contents.map(task.preimage),
          let record = try store.record(for: preimage.key)
        else { continue }
        known[task.name] = StageOutcome(
          name: task.name, record: record, preimage: preimage, wasReused: true, seconds: 0)
      }
    }
    let union = StudyTasks(study, tasks)
    return study.points.indices.map { number in
      let point = union.point(number)
      let outcomes = point.outcomes(known)
      return StudyPoint(
        values: zip(study.axes, study.points[number].values).map { ($0.name, $1) },
        pipeline: study.points[number].pipeline,
        records: Dictionary(uniqueKeysWithValues: outcomes.map { ($0.name, $0.record) }),
        runHash: outcomes.count == point.tasks.count ? point.snapshot(outcomes).runHash : nil)
    }
  }
}

/// The tasks of a whole study, and what they are for each of its points.
struct StudyTasks {
  private let study: Study
  private let tasks: [String: StageTask]

  init(_ study: Study, _ tasks: [StageTask]) {
    self.study = study
    self.tasks = Dictionary(tasks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// One point: its tasks as its own pipeline names them.
  struct Point {
    let tasks: [StageTask]
    /// What the tasks are called in the whole study.
    let names: [String]

    /// What is known of the tasks, in their order and by their own names.
    func outcomes(_ known: [String: StageOutcome]) -> [StageOutcome] {
      zip(tasks, names).compactMap { task, name in
        known[name].map {
          StageOutcome(
            name: task.name, record: $0.record, preimage: $0.preimage, wasReused: $0.wasReused,
            seconds: $0.seconds)
        }
      }
    }

    /// The snapshot of the run that came out so; `outcomes` are those of all tasks, in their order.
    func snapshot(_ outcomes: [StageOutcome]) -> Snapshot {
      Snapshot(
        stages: zip(tasks, outcomes).map { task, outcome in
          .init(
            name: task.name, preimage: outcome.preimage, inputs: task.inputs,
            reproducible: task.reproducible)
        })
    }

    /// The programs that the tasks' commands declare.
    var tools: Set<String> {
      var tools: Set<String> = []
      for case .command(let command) in tasks.map(\.work) { tools.formUnion(command.tools) }
      return tools
    }
  }

  func point(_ number: Int) -> Point {
    let point = study.points[number]
    let stages = point.pipeline.stages.map(\.name)
    let own = Dictionary(zip(point.stages, stages), uniquingKeysWith: { first, _ in first })
    return Point(
      tasks: zip(point.stages, stages).compactMap { whole, name in
        tasks[whole]?.renamed(name) { own[$0] ?? $0 }
      },
      names: point.stages)
  }
}

extension StageTask {
  /// The same by another name, as are the stages it reads from.
  fileprivate func renamed(_ name: String, _ rename: (String) -> String) -> StageTask {
    StageTask(
      name: name, work: work, config: config, keyedConfig: keyedConfig, seed: seed,
      inputs: inputs.mapValues { source in
        guard case .output(let stage, let output, let item) = source else { return source }
        return .output(stage: rename(stage), output: output, item: item)
      },
      tools: tools, limits: limits, reproducible: reproducible)
  }
}
