/// All that the index says, as read from the files it is about.
struct Projection: Sendable {
  var objects: [ObjectRow] = []
  /// The document of each result, by key.
  var results: [Digest: Digest] = [:]
  var runs: [Digest: Digest] = [:]
  var executions: [(run: Digest, startedAt: Double, document: Digest)] = []
}
