public import Documents
public import Pipelines
import Store

/// What became of the points of a study.
public struct StudyOutcome: Sendable {
  public struct Point: Sendable {
    /// One of each axis of the study.
    public let values: [Value]
    /// `nil` if a stage of it failed, or one that it reads from.
    public let run: RunOutcome?
  }

  public let study: Study
  /// In the study's order.
  public let points: [Point]
  /// What failed; a point that does not depend on it is done all the same.
  public let failure: RunFailure?
  /// How many stages were computed and how many results were there already, each counted once however many points
  /// share it.
  public let executed: Int
  public let reused: Int
}
