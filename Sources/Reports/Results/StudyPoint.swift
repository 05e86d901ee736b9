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
  /// The run, where it is known.
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

  /// The value of a swept param.
  public subscript(name: String) -> Value? { values.first { $0.name == name }?.value }
}

extension StudyPoint {
  /// The point in words: `noise.rate=0.4 seed=2`; the pipeline's name where nothing is swept.
  public var title: String {
    if values.isEmpty { return pipeline.name }
    return values.map { "\($0.name)=\(PointValue.text($0.value))" }.joined(separator: " ")
  }
}
