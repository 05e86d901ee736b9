public import Store

/// Which executions computed which results.
public struct ResultMakers: Sendable {
  private var makers: [Digest: Execution] = [:]

  /// Reads the runs that the results belong to, each once.
  public init(of keys: [Digest], in store: Store) throws {
    let runs = Set(try keys.flatMap { try store.runs(ofResult: $0) })
    for hash in runs.sorted() {
      let run = try store.run(matching: hash.description)
      for execution in run.executions where !execution.isRerun {
        for stage in execution.stageSeconds.keys {
          guard let key = run.records[stage] else { continue }
          if let known = makers[key], known.startedAt >= execution.startedAt { continue }
          makers[key] = execution
        }
      }
    }
  }

  /// The last execution of a run in which the result was computed; `nil` if none is on record.
  public subscript(key: Digest) -> Execution? { makers[key] }
}
