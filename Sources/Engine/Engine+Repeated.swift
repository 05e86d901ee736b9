import Documents
import Store

extension Engine {
  /// The run that the same request came to before, if everything is as it was then: nothing is to be
  /// computed, and the pipeline need not be read. It counts as one more execution of that run.
  ///
  /// - Returns: `nil` when anything has changed, is missing or is damaged, or when stages are forced:
  ///   then ``run(_:folder:options:occasion:request:onEvent:)`` finds out what is to be done.
  public func repeated(
    _ request: RunRequest, folder: String, options: RunOptions, occasion: Occasion
  ) throws -> RunOutcome? {
    guard options.force.isEmpty, !options.isParanoid,
      let request = request.sha256(folder, occasion)
    else { return nil }
    let start = ContinuousClock.now
    let lock = try store.lock(.shared)
    defer { lock.release() }
    guard let run = try outcome(of: request, folder, options) else { return nil }
    try sweep()
    try store.label(
      run.stages.map { (Self.label(pipeline: run.name, stage: $0.name), $0.record.key) })
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try addExecution(of: run, occasion, seconds: seconds)
    return run
  }

  private func outcome(
    of request: SHA256, _ folder: String, _ options: RunOptions
  ) throws -> RunOutcome? {
    guard let answer = try store.answer(to: request).flatMap({ RunAnswer($0, to: request) }),
      try store.isRecorded(run: answer.snapshot.digest, name: answer.name)
    else { return nil }
    var sources = ExternalSources(
      store: store, folder: folder, keepsFiles: true, options: options)
    guard sources.still(hold: answer.files, programs: answer.programs) else { return nil }
    return try store.lookingUp { try outcome(answer) }
  }

  private func outcome(_ answer: RunAnswer) throws -> RunOutcome? {
    let known = try store.records(for: answer.keys)
    var contents = [answer.snapshot]
    var stages: [RunOutcome.Stage] = []
    for (index, name) in answer.stages.enumerated() {
      guard let record = known[answer.keys[index]], !record.isEvicted,
        RunAnswer.outputs(of: record) == answer.outputs[index]
      else { return nil }
      contents += record.outputs.values
      stages.append(.init(name: name, record: record, wasReused: true, seconds: 0))
    }
    guard try store.areIntact(contents) else { return nil }
    return RunOutcome(runHash: answer.snapshot.digest, name: answer.name, stages: stages)
  }
}
