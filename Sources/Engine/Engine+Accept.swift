import Documents
public import Pipelines
public import Store

/// A result that was kept across a change.
public struct AcceptedResult: Sendable {
  /// The record under the new key; its acceptances say why it is there.
  public let record: Record
  /// What is different about the stage now.
  public let differences: [Difference]
}

extension Engine {
  /// Keeps the last result of the stage though its key has changed, because the user says that the
  /// change is cosmetic. The result says so from then on.
  ///
  /// - Throws: ``EngineError`` when there is nothing to keep, or nothing to keep it for.
  public func accept(
    _ name: String, of pipeline: ResolvedPipeline, folder: String, because: String,
    options: RunOptions, now: Double
  ) throws -> AcceptedResult {
    let lock = try store.lock(.shared)
    defer { lock.release() }
    var sources = ExternalSources(
      store: store, folder: folder, keepsFiles: true, options: options)
    let tasks = try tasks(of: pipeline, reading: &sources)
    guard let stage = tasks.firstIndex(where: { $0.name == name }) else {
      throw EngineError.unknownStage(name, known: tasks.map(\.name))
    }
    var walk = PlanWalk(engine: self, graph: StageGraph(tasks), pipeline: pipeline.name)
    for above in tasks.indices.prefix(stage) { _ = try walk.verdict(on: above, isForced: false) }
    switch try walk.verdict(on: stage, isForced: false) {
    case .reuse: throw EngineError.nothingToAccept(name, "its result is recorded already")
    case .wait(let above, _):
      throw EngineError.nothingToAccept(name, "\(above.joined(separator: ", ")) would run first")
    case .run(.first): throw EngineError.nothingToAccept(name, "it has no earlier result")
    case .run(.changed(let differences)):
      guard let last = try walk.lastRecord(of: tasks[stage]), !last.isEvicted,
        try last.outputs.values.allSatisfy({ try store.isIntact($0) })
      else { throw EngineError.nothingToAccept(name, "its last result is not whole any more") }
      let contents = try tasks[stage].contents(in: store) { walk.records[$0] }
      let record = try keep(
        last, as: tasks[stage].preimage(contents),
        Acceptance(because: because, from: last.key, at: now))
      try store.label(Self.label(pipeline: pipeline.name, stage: name), record.key)
      return AcceptedResult(record: record, differences: differences)
    case .run(.damaged), .run(.evicted), .run(.forced):
      throw EngineError.nothingToAccept(name, "its result is known, and only to be made again")
    }
  }

  private func keep(
    _ last: Record, as preimage: Preimage, _ acceptance: Acceptance
  ) throws -> Record {
    let names = preimage.value["outputs"]?.list?.compactMap(\.string) ?? []
    guard Set(names) == Set(last.outputs.keys) else {
      throw EngineError.nothingToAccept(
        preimage.kind ?? "", "its outputs are named differently now")
    }
    let stored = try store.put(bytes: preimage.canonicalBytes)
    let record = Record(
      key: preimage.key, preimage: stored.digest, outputs: last.outputs, notes: last.notes,
      madeAt: last.madeAt, seconds: last.seconds, stage: last.stage,
      acceptances: last.acceptances + [acceptance])
    try store.save(record)
    return record
  }
}
