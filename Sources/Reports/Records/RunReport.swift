package import Documents
package import Engine
package import Store

/// What a report shows of a run, as plain values: collected once from the store, then only drawn.
package struct RunReport: Sendable {
  package let name: String
  /// `nil` for what is of no finished run.
  package let hash: Digest?
  /// Oldest first.
  package let executions: [Execution]
  package let origin: Origin?
  /// Each behind those that it reads from.
  package let stages: [StageReport]

  package init(
    name: String, hash: Digest?, executions: [Execution], origin: Origin?, stages: [StageReport]
  ) {
    self.name = name
    self.hash = hash
    self.executions = executions
    self.origin = origin
    self.stages = stages
  }

  /// The execution that computed what the report shows: the first that was neither a rerun nor an import.
  package var execution: Execution? {
    executions.first { !$0.isRerun && $0.bundle == nil } ?? executions.first
  }

  package subscript(stage: String) -> StageReport? { stages.first { $0.name == stage } }
}

/// What a report shows of one stage.
package struct StageReport: Sendable {
  package struct Input: Hashable, Sendable {
    package let name: String
    /// As a pipeline writes it: `pretrain.metrics`, `file:…`.
    package let source: String
    /// The stage that it comes from.
    package let stage: String?
    package let digest: String

    package init(name: String, source: String, stage: String?, digest: String) {
      self.name = name
      self.source = source
      self.stage = stage
      self.digest = digest
    }
  }

  package struct Output: Hashable, Sendable {
    package let name: String
    package let content: Content
    /// With all that is in it, for a folder.
    package let sizeInBytes: Int

    package init(name: String, content: Content, sizeInBytes: Int) {
      self.name = name
      self.content = content
      self.sizeInBytes = sizeInBytes
    }
  }

  /// A matrix among the outputs, and the true one where the stage was given that.
  package struct NamedMatrix: Hashable, Sendable {
    package let name: String
    package let matrix: Matrix
    package let truth: Matrix?
    /// Whether rows are true classes and columns predicted ones.
    package let isConfusion: Bool

    package init(name: String, matrix: Matrix, truth: Matrix? = nil, isConfusion: Bool = false) {
      self.name = name
      self.matrix = matrix
      self.truth = truth
      self.isConfusion = isConfusion
    }
  }

  package let name: String
  package let kind: String
  package let record: Record
  package let config: Value
  package let seed: UInt64?
  package let inputs: [Input]
  package let outputs: [Output]
  package var metrics: Metrics?
  package var matrices: [NamedMatrix]
  /// What could not be read, and why.
  package var gaps: [String]

  package init(
    name: String, kind: String, record: Record, config: Value = [:], seed: UInt64? = nil,
    inputs: [Input] = [], outputs: [Output] = [], metrics: Metrics? = nil,
    matrices: [NamedMatrix] = [], gaps: [String] = []
  ) {
    self.name = name
    self.kind = kind
    self.record = record
    self.config = config
    self.seed = seed
    self.inputs = inputs
    self.outputs = outputs
    self.metrics = metrics
    self.matrices = matrices
    self.gaps = gaps
  }
}
