import Documents
import Pipelines
import Store

/// Finds out which stages need not be computed.
extension Scheduler {
  /// How many stages are looked up before those that can start are started.
  private static let sweepLength = 256

  /// Looks up stages whose inputs are known, and those below them in turn; true if none is left.
  ///
  /// Recorded results are first believed to be whole, and then looked at all at once; only if that
  /// does not hold, one by one.
  func look(_ standing: inout Standing) throws -> Bool {
    var sweep = Sweep()
    let isSettled = self.sweep(&standing, &sweep)
    let contents = sweep.believed.lazy.map(\.outcome.record).filter { !$0.isEvicted }
      .flatMap(\.outputs.values)
    guard try store.areIntact(Array(contents)) else {
      standing.doubt(sweep.believed.map(\.stage))
      for event in sweep.events { onEvent(event) }
      return false
    }
    for (_, outcome) in sweep.believed {
      try check(outcome)
      onEvent(.reused(stage: outcome.name, outcome.record))
    }
    for event in sweep.events { onEvent(event) }
    return isSettled
  }

  private struct Sweep {
    var believed: [(stage: Int, outcome: StageOutcome)] = []
    var events: [RunEvent] = []
  }

  private func sweep(_ standing: inout Standing, _ sweep: inout Sweep) -> Bool {
    for _ in 0..<Self.sweepLength {
      guard let stage = standing.nextUnseen() else { return true }
      look(at: stage, in: &standing, &sweep)
    }
    return false
  }

  private func look(at stage: Int, in standing: inout Standing, _ sweep: inout Sweep) {
    // Of evicted results the digests are enough, until somebody reads them.
    let hollow = graph.upstream[stage].filter {
      standing.outcomes[$0]?.record.isEvicted == true
    }
    do {
      let (lookUp, outcome) = try lookUp(stage, standing)
      if let outcome {
        if standing.isBelieved(stage) {
          sweep.believed.append((stage, outcome))
        } else {
          try check(outcome)
          sweep.events.append(.reused(stage: outcome.name, outcome.record))
        }
        standing.note(.outcome(stage, outcome))
      } else if hollow.isEmpty {
        standing.noteMiss(stage, lookUp)
      } else {
        standing.note(.needsInputs(stage, makers: hollow, isDamage: false))
      }
    } catch let error as StoreError where error.isDamage && !hollow.isEmpty {
      standing.note(.needsInputs(stage, makers: hollow, isDamage: false))
    } catch {
      let (completion, event) = completion(of: stage, after: error)
      if let event { sweep.events.append(event) }
      standing.note(completion)
    }
  }

  private func lookUp(
    _ stage: Int, _ standing: borrowing Standing
  ) throws -> (LookUp, StageOutcome?) {
    let task = graph.tasks[stage]
    let records = Dictionary(
      uniqueKeysWithValues: graph.upstream[stage].compactMap { source in
        standing.outcomes[source].map { ($0.name, $0.record) }
      })
    let contents = try task.contents(in: store) { records[$0] }
    let preimage = task.preimage(contents)
    let known = try store.record(for: preimage.key)
    let lookUp = LookUp(contents: contents, preimage: preimage, known: known)
    guard !options.force.contains(task.name),
      let record = try reusable(
        known, task, preimage.key,
        isRead: graph.downstream[stage].isEmpty || standing.mustExist.contains(stage),
        believes: standing.isBelieved(stage))
    else { return (lookUp, nil) }
    return (
      lookUp,
      StageOutcome(
        name: task.name, record: record, preimage: preimage, wasReused: true, seconds: 0)
    )
  }

  /// The recorded result if every object of it is sound, else one supplied from elsewhere. An evicted
  /// one will do as long as nobody reads it.
  private func reusable(
    _ known: Record?, _ task: StageTask, _ key: Digest, isRead: Bool, believes: Bool
  ) throws -> Record? {
    if let known {
      if known.isEvicted ? !isRead : believes { return known }
      if try isWhole(known) { return known }
    }
    return try supply(task, key)
  }

  func isWhole(_ record: Record) throws -> Bool {
    try !record.isEvicted && store.areIntact(Array(record.outputs.values))
  }
}
