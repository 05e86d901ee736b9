public import Documents
public import Pipelines
public import Store

/// One point of a study: a pipeline with its own values of what is swept, and what is on record of it.
public struct StudyPoint: Sendable {
  /// The swept params with their values here, in the order of the study.
  public let values: [(name: String, value: Value)]
  public let pipeline: ResolvedPipeline
  /// The results of its stages, by name: those that there are.
  public let records: [String: Record]
  /// The run that they make, where none is missing.
  public let runHash: Digest?

  public init(
    values: [(name: String, value: Value)], pipeline: ResolvedPipeline,
    records: [String: Record], runHash: Digest? = nil
  ) {
    self.values = values
    self.pipeline = pipeline
    self.records = records
    self.runHash = runHash
  }
}
