import Documents
import Pipelines
public import Store

/// How a stage differs between two runs.
public struct StageDifference: Sendable {
  /// A figure that both or one of the two reported.
  public struct Figure: Sendable {
    public let name: String
    public let old: ResultFigure?
    public let new: ResultFigure?
  }

  public enum Verdict: Sendable {
    /// One result is in both.
    case same
    case onlyInFirst
    case onlyInSecond
    /// What went in differs, what came out, and what was said of it. Of outputs that have one name in
    /// both; whether all are the same is not known (`nil`) where a result is not on record any more.
    case different(
      preimage: [Difference], outputs: [OutputDifference], areSame: Bool?, figures: [Figure])
  }

  public let name: String
  public let verdict: Verdict

  public var isSame: Bool { if case .same = verdict { true } else { false } }
}

extension Store {
  /// How the second run differs from the first, stage by stage: those of the first in their order,
  /// then those that only the second has.
  public func differences(between first: Run, and second: Run) throws -> [StageDifference] {
    let lock = try lock(.shared)
    defer { lock.release() }
    let (one, other) = (try snapshot(first.hash), try snapshot(second.hash))
    let known = Set(one.stages.map(\.name))
    let others = Dictionary(uniqueKeysWithValues: other.stages.map { ($0.name, $0) })
    var found: [StageDifference] = []
    for stage in one.stages {
      guard let changed = others[stage.name] else {
        found.append(StageDifference(name: stage.name, verdict: .onlyInFirst))
        continue
      }
      let records = try [first, second].map { run in
        try run.records[stage.name].flatMap { try record(for: $0) }
      }
      let verdict = try verdict(stage, changed, records[0], records[1])
      found.append(StageDifference(name: stage.name, verdict: verdict))
    }
    for stage in other.stages where !known.contains(stage.name) {
      found.append(StageDifference(name: stage.name, verdict: .onlyInSecond))
    }
    return found
  }

  private func verdict(
    _ old: Snapshot.Stage, _ new: Snapshot.Stage, _ one: Record?, _ other: Record?
  ) throws -> StageDifference.Verdict {
    if old.preimage.key == new.preimage.key, old.reproducible == new.reproducible { return .same }
    var preimage = Difference.between(old.preimage.value, new.preimage.value)
    // No part of the preimage, yet of the run.
    if old.reproducible != new.reproducible {
      preimage.append(
        Difference(
          path: "reproducible", old: old.reproducible.value, new: new.reproducible.value))
    }
    var outputs: [OutputDifference] = []
    for (name, content) in (one?.outputs ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard let changed = other?.outputs[name],
        let difference = OutputDifference(
          of: name, between: (content, self), and: (changed, self))
      else { continue }
      outputs.append(difference)
    }
    let areSame = one.flatMap { one in other.map { one.outputs == $0.outputs } }
    return .different(
      preimage: preimage, outputs: outputs, areSame: areSame,
      figures: Self.figures(one?.figures ?? [], other?.figures ?? []))
  }

  private static func figures(
    _ old: [ResultFigure], _ new: [ResultFigure]
  ) -> [StageDifference.Figure] {
    var names = old.map(\.name)
    names += new.map(\.name).filter { !names.contains($0) }
    return names.compactMap { name in
      let (one, other) = (old.first { $0.name == name }, new.first { $0.name == name })
      guard one?.value != other?.value else { return nil }
      return StageDifference.Figure(name: name, old: one, new: other)
    }
  }
}
