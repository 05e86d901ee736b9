import Documents
import Store
import Synchronization

/// Compares the outcomes of a re-execution with the record, as they come in.
final class RerunRecorder: Sendable {
  /// Ends a re-execution at its first difference.
  struct NotReproduced: Error {}

  private let recorded: Store
  private let made: Store
  private let found = Mutex<[RerunStage]>([])

  init(recorded: Store, made: Store) {
    self.recorded = recorded
    self.made = made
  }

  /// In the order in which they ended; a stage that differs is last.
  var stages: [RerunStage] {
    found.withLock { all in
      all.filter { !$0.isDifferent } + all.filter(\.isDifferent)
    }
  }

  /// Notes how the stage came out; `keep` has each output first.
  ///
  /// - Throws: ``NotReproduced`` when an output differs, so that nothing below is started.
  func compare(
    _ outcome: StageOutcome, recordedKey: Digest,
    keep: (Content, _ output: String) throws -> Void
  ) throws {
    guard let record = try recorded.record(for: recordedKey) else {
      throw EngineError.neverRecorded(stage: outcome.name, key: recordedKey)
    }
    guard outcome.record.key == recordedKey else {
      throw EngineError.otherKey(
        stage: outcome.name, recorded: recordedKey, made: outcome.record.key)
    }
    for (output, content) in outcome.record.outputs.sorted(by: { $0.key < $1.key }) {
      try keep(content, output)
    }
    let differences = try record.outputs.sorted { $0.key < $1.key }.compactMap { name, content in
      guard let made = outcome.record.outputs[name] else {
        throw EngineError.missingOutput(name, log: [])
      }
      return try OutputDifference(
        of: name, between: (content, self.recorded), and: (made, self.made))
    }
    let verdict: RerunStage.Verdict =
      if !differences.isEmpty { .different(differences) } else if outcome.wasReused {
        .checked
      } else { .same }
    found.withLock {
      // A stage is executed once more when what it made was found damaged.
      $0.removeAll { $0.name == outcome.name }
      $0.append(
        RerunStage(
          name: outcome.name, key: recordedKey, verdict: verdict,
          contents: outcome.record.outputs, seconds: outcome.seconds))
    }
    if !differences.isEmpty { throw NotReproduced() }
  }
}
