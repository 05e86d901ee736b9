public import Store

/// A finished run.
public struct RunOutcome: Sendable {
  /// What became of one stage.
  public struct Stage: Sendable {
    public let name: String
    public let record: Record
    public let wasReused: Bool
    /// Time the stage took; 0 when its result was reused.
    public let seconds: Double
  }

  public let runHash: Digest
  /// The pipeline's name.
  public let name: String
  /// In the pipeline's order.
  public let stages: [Stage]

  public var executed: Int { stages.count { !$0.wasReused } }
  public var reused: Int { stages.count { $0.wasReused } }
}

/// What became of one stage, as the scheduler knows it.
struct StageOutcome: Sendable {
  let name: String
  let record: Record
  let preimage: Preimage
  let wasReused: Bool
  /// Time the stage took; 0 when its result was reused.
  let seconds: Double
}
