import Documents
public import Pipelines
public import Store

/// What a run would do with one stage, and why.
public struct PlannedStage: Sendable {
  public enum Verdict: Sendable {
    /// Its result is recorded and sound.
    case reuse(Digest)
    /// It would be computed.
    case run(Reason)
    /// It depends on what the named stages come out as: the same bytes, and it is reused.
    case wait([String], own: [Difference])
  }

  public enum Reason: Sendable {
    /// No stage of this name has a result under this pipeline's name.
    case first
    /// The preimage differs from that of the last result.
    case changed([Difference])
    /// The result is recorded, but objects of these outputs are missing or damaged.
    case damaged([String])
    /// The result was evicted to save space, and is to be had again.
    case evicted
    case forced
  }

  public let name: String
  public let kind: String
  public let verdict: Verdict
  /// What the stage took when it was last computed: seconds, and bytes of its outputs; `nil` when it
  /// never was.
  public let cost: (seconds: Double, bytes: Int)?

  public var isReused: Bool { if case .reuse = verdict { true } else { false } }
}

extension Engine {
  /// Says of each stage whether it would run, why, and what it took last time. Computes and changes
  /// nothing.
  public func plan(
    _ pipeline: ResolvedPipeline, folder: String, options: RunOptions
  ) throws -> [PlannedStage] {
    try requireStages(options.force, of: pipeline)
    var sources = ExternalSources(
      store: store, folder: folder, keepsFiles: false, options: options)
    let tasks = try tasks(of: pipeline, reading: &sources)
    var walk = PlanWalk(engine: self, graph: StageGraph(tasks), pipeline: pipeline.name)
    return try store.lookingUp {
      try tasks.indices.map { stage in
        let isForced = options.force.contains(tasks[stage].name)
        let verdict = try walk.verdict(on: stage, isForced: isForced)
        return PlannedStage(
          name: tasks[stage].name, kind: tasks[stage].work.name, verdict: verdict,
          cost: walk.cost(of: stage, verdict))
      }
    }
  }
}

/// A walk over the stages in the order of their inputs, from record to record.
struct PlanWalk {
  let engine: Engine
  let graph: StageGraph
  let pipeline: String
  private(set) var records: [String: Record] = [:]

  init(engine: Engine, graph: StageGraph, pipeline: String) {
    self.engine = engine
    self.graph = graph
    self.pipeline = pipeline
  }

  private var store: Store { engine.store }

  mutating func verdict(on stage: Int, isForced: Bool) throws -> PlannedStage.Verdict {
    let task = graph.tasks[stage]
    let open = graph.upstream[stage].map { graph.tasks[$0].name }.filter { records[$0] == nil }
    guard open.isEmpty else {
      let last = try lastPreimage(of: task)
      return .wait(open.sorted(), own: last.map { ownDifferences(of: task, from: $0) } ?? [])
    }
    if isForced { return .run(.forced) }
    let preimage: Preimage
    do {
      preimage = task.preimage(try task.contents(in: store) { records[$0] })
    } catch let error as StoreError where error.isDamage {
      // The item of a folder whose list is gone.
      return .wait(graph.upstream[stage].map { graph.tasks[$0].name }.sorted(), own: [])
    }
    guard let record = try store.record(for: preimage.key) else {
      guard let last = try lastPreimage(of: task) else { return .run(.first) }
      return .run(.changed(Difference.between(last.value, preimage.value)))
    }
    if record.isEvicted {
      guard !graph.downstream[stage].isEmpty else { return .run(.evicted) }
    } else {
      let damaged = try record.outputs.filter { try !store.isIntact($0.value) }
      guard damaged.isEmpty else { return .run(.damaged(damaged.keys.sorted())) }
    }
    records[task.name] = record
    return .reuse(preimage.key)
  }

  func cost(
    of stage: Int, _ verdict: PlannedStage.Verdict
  ) -> (seconds: Double, bytes: Int)? {
    if case .reuse = verdict { return nil }
    let label = Engine.label(pipeline: pipeline, stage: graph.tasks[stage].name)
    let last = try? store.newestResults(labelled: [label])[label]
    return last.map { ($0.seconds, $0.sizeInBytes) }
  }

  /// The record of the newest result of the stage that the store still has.
  func lastRecord(of task: StageTask) throws -> Record? {
    for key in try store.labelled(Engine.label(pipeline: pipeline, stage: task.name)) {
      if let record = try store.record(for: key) { return record }
    }
    return nil
  }

  private func lastPreimage(of task: StageTask) throws -> Preimage? {
    try lastRecord(of: task).flatMap { try? store.preimage($0.preimage) }
  }

  /// What differs besides the inputs, whose contents are not known yet.
  private func ownDifferences(of task: StageTask, from last: Preimage) -> [Difference] {
    let now = task.preimage([:])
    return Difference.between(last.value, now.value).filter { !$0.path.hasPrefix("inputs") }
  }
}
