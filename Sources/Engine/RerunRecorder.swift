import Documents
import Pipelines
import Store
import Synchronization

/// Compares the outcomes of a re-execution with the record, as they come in.
final class RerunRecorder: Sendable {
  /// Ends a re-execution at its first difference.
  struct NotReproduced: Error {}

  private let recorded: Store
  private let made: Store
  private let numbers: NumberComparison
  private let found = Mutex<[RerunStage]>([])

  init(recorded: Store, made: Store, numbers: @escaping NumberComparison) {
    self.recorded = recorded
    self.made = made
    self.numbers = numbers
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
    _ outcome: StageOutcome, recordedKey: Digest, reproducible: Reproducibility,
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
    let comparison = OutputComparison(
      recorded: recorded, made: made, reproducible: reproducible, numbers: numbers,
      stage: outcome.name)
    let found = try comparison.verdict(of: record.outputs, and: outcome.record.outputs)
    let verdict =
      if case .same = found, outcome.wasReused { RerunStage.Verdict.checked } else { found }
    let stage = RerunStage(
      name: outcome.name, key: recordedKey, verdict: verdict, contents: outcome.record.outputs,
      seconds: outcome.seconds)
    self.found.withLock {
      // A stage is executed once more when what it made was found damaged.
      $0.removeAll { $0.name == outcome.name }
      $0.append(stage)
    }
    if stage.isDifferent { throw NotReproduced() }
  }

  /// Whether the stages below are to read what was recorded of the stage, not what was made.
  func mayDiffer(_ name: String) -> Bool {
    found.withLock { all in all.contains { $0.name == name && !$0.isSame } }
  }
}
