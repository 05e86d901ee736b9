/// What a listing says of a result, without reading its record.
public struct ResultSummary: Hashable, Sendable {
  public let key: Digest
  /// The kind of computation, as its preimage names it; empty if that cannot be read.
  public let kind: String
  /// The stage that made it first, as `pipeline/stage`; empty if that is not known.
  public let stage: String
  /// When it was computed, in seconds since 1970, and how long that took; 0 if that is not known.
  public let madeAt: Double
  public let seconds: Double
  /// Of its objects, with all that is in folders; of an evicted result what they took.
  public let sizeInBytes: Int
  public let isEvicted: Bool
}

/// What a listing says of a run, without reading its documents.
public struct RunSummary: Hashable, Sendable {
  public let hash: Digest
  public let name: String
  public let stages: Int
  /// How often it was executed, re-executions apart.
  public let executions: Int
  /// Of the last execution: when it started, in seconds since 1970, and how long it took; of a run that was
  /// never executed here when it came, and nothing.
  public let startedAt: Double?
  public let seconds: Double?
  /// How often it was executed again to be compared, how often all came out the same to the last bit,
  /// and how often only as its stages declare.
  public let reruns: Int
  public let sameReruns: Int
  public let declaredReruns: Int
}
