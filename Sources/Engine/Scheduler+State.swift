import Documents
import Pipelines
import Store

/// The states that stages keep to go on from.
extension Scheduler {
  /// Takes the folder in which the stage keeps its state.
  ///
  /// `nil` if it keeps none, if another run goes on from the same one now, and if the state there is
  /// further than the stage goes: it stays for one that goes as far.
  ///
  /// With `anew` what was kept is forgotten first.
  func holdState(
    of task: StageTask, _ preimage: Preimage, anew: Bool
  ) throws -> PartialHold? {
    guard let resumption = try task.work.resumption(task.config),
      let hold = try store.holdPartial(preimage.stateKey(resumption))
    else { return nil }
    if anew { try hold.folder.clear() }
    // A command of a run that was killed while this one waited may be at work in the folder.
    if case .command = task.work { try store.sweepWork { Stragglers.end(ofParams: "\($0)/") } }
    if case .anyLength(let field) = resumption, let length = task.config[field]?.int,
      let kept = try hold.folder.state(), kept.done > length
    {
      return nil
    }
    return hold
  }
}

extension StageExecution {
  /// Of a stage whose result is recorded: leaves the state if a longer stage may go on from it.
  func settleState() throws {
    guard let state else { return }
    if case .anyLength = try task.work.resumption(task.config) {
      state.folder.removeOutputs()
    } else {
      state.remove()
    }
  }
}

extension Preimage {
  /// The digest of the preimage as that of a state, without what the state does not depend on.
  func stateKey(_ resumption: Resumption) -> Digest {
    var members = value.map ?? [:]
    members["type"] = "state"
    if case .anyLength(let field) = resumption, var config = members["config"]?.map {
      config[field] = nil
      members["config"] = .map(config)
    }
    return Digest(hashing: Value.map(members).canonicalBytes)
  }
}
