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
    case forced
  }

  public let name: String
  public let kind: String
  public let verdict: Verdict
}

extension Engine {
  /// Says of each stage whether it would run, and why. Computes and changes nothing.
  public func plan(
    _ pipeline: ResolvedPipeline, folder: String, options: RunOptions
  ) throws -> [PlannedStage] {
    var records: [String: Record] = [:]
    return try tasks(of: pipeline, folder: folder, keepsFiles: false, options: options).map {
      task in
      let label = Self.label(pipeline: pipeline.name, stage: task.name)
      let verdict = try verdict(on: task, label: label, records: records, force: options.force)
      if case .reuse(let key) = verdict { records[task.name] = try store.record(for: key) }
      return PlannedStage(name: task.name, kind: task.work.name, verdict: verdict)
    }
  }

  private func verdict(
    on task: StageTask, label: String, records: [String: Record], force: Set<String>
  ) throws -> PlannedStage.Verdict {
    let last = try lastPreimage(under: label)
    let open = task.upstream.filter { records[$0] == nil }
    guard open.isEmpty else {
      return .wait(open.sorted(), own: last.map { ownDifferences(of: task, from: $0) } ?? [])
    }
    if force.contains(task.name) { return .run(.forced) }
    let preimage = task.preimage(try task.contents(in: store) { records[$0] })
    if let record = try store.record(for: preimage.key) {
      let damaged = try record.outputs.filter { try !store.isIntact($0.value) }
      return damaged.isEmpty ? .reuse(preimage.key) : .run(.damaged(damaged.keys.sorted()))
    }
    guard let last else { return .run(.first) }
    return .run(.changed(Difference.between(last.value, preimage.value)))
  }

  /// The preimage of the newest result under the label that the store still has.
  private func lastPreimage(under label: String) throws -> Preimage? {
    for key in try store.labelled(label) {
      if let record = try store.record(for: key), let last = try? store.preimage(record.preimage) {
        return last
      }
    }
    return nil
  }

  /// What differs besides the inputs, whose contents are not known yet.
  private func ownDifferences(of task: StageTask, from last: Preimage) -> [Difference] {
    let now = task.preimage([:])
    return Difference.between(last.value, now.value).filter { !$0.path.hasPrefix("inputs") }
  }
}
