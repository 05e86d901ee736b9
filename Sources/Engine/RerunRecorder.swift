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
    let mismatches = try record.outputs.sorted { $0.key < $1.key }.compactMap { name, content in
      try mismatch(name, recorded: content, made: outcome.record.outputs[name])
    }
    let verdict: RerunStage.Verdict =
      if !mismatches.isEmpty { .different(mismatches) } else if outcome.wasReused { .checked } else
      { .same }
    found.withLock {
      $0.append(
        RerunStage(
          name: outcome.name, key: recordedKey, verdict: verdict,
          outputs: record.outputs.count, seconds: outcome.seconds))
    }
    if !mismatches.isEmpty { throw NotReproduced() }
  }

  private func mismatch(
    _ output: String, recorded old: Content, made new: Content?
  ) throws -> RerunStage.Mismatch? {
    guard let new else { throw EngineError.missingOutput(output, log: []) }
    guard old != new else { return nil }
    var item: String?
    var (oldFile, newFile) = (old, new)
    // Down to the first file that differs, by name: epoch-001 before epoch-002.
    while oldFile.kind == .tree, newFile.kind == .tree {
      guard let oldTree = try? recorded.tree(of: oldFile.digest) else { break }
      let newTree = try made.tree(of: newFile.digest)
      guard let first = oldTree.entries.first(where: { newTree[$0.name] != $0.content }),
        let other = newTree[first.name]
      else { break }
      item = item.map { "\($0)/\(first.name)" } ?? first.name
      (oldFile, newFile) = (first.content, other)
    }
    return RerunStage.Mismatch(
      output: output, item: item, recorded: oldFile, made: newFile,
      recordedBytes: try? recorded.bytes(of: oldFile.digest),
      madeBytes: try made.bytes(of: newFile.digest))
  }
}
