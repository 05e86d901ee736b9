import Documents
import Engine
import Learning
import Store
import Tensors

/// What a training stage leaves of each epoch: weights, metrics, and a trace of digests.
struct TrainingRecord {
  private let checkpoints: Checkpoints
  private(set) var metrics: [Value]
  private(set) var trace: [Value]

  /// Goes on from the rows of an earlier attempt, whose checkpoints are there.
  init(_ stage: StageContext, from state: TrainingState?) {
    checkpoints = Checkpoints(folder: stage.output("checkpoints"))
    metrics = state?.metrics ?? []
    trace = state?.trace ?? []
  }

  static let outputs: [(name: String, isFolder: Bool, summary: String)] = [
    ("checkpoints", true, "the weights after every epoch, safetensors; also as 'last'"),
    ("metrics", false, "one row an epoch, JSON lines"),
    ("trace", false, "the digest of every parameter after every epoch, JSON lines"),
  ]

  /// The files that an epoch leaves, as they are named where a state is kept.
  static func files(ofEpoch epoch: Int) -> [String] {
    ["checkpoints/\(Checkpoints.name(epoch: epoch))"]
  }

  /// Records an epoch. The trace finds the first divergence of two runs without keeping every state.
  mutating func add(_ model: Model, epoch: Int, metrics row: [String: Double]) throws {
    try checkpoints.save(model, epoch: epoch)
    metrics.append(
      .map(row.mapValues(Value.float).merging(["epoch": .int(Int64(epoch))]) { $1 }))
    let digests = model.state.map { parameter in
      let digest = parameter.tensor.withUnsafeValues { Digest(hashing: UnsafeRawBufferPointer($0)) }
      return (parameter.name, Value.string(digest.description))
    }
    trace.append([
      "epoch": .int(Int64(epoch)),
      "parameters": .map(Dictionary(uniqueKeysWithValues: digests)),
    ])
  }

  /// Records that the training ended within an epoch: a last row, which holds nothing but where.
  mutating func addDivergence(epoch: Int, step: Int) {
    metrics.append([
      "epoch": .int(Int64(epoch)), "diverged/epoch": .int(Int64(epoch)),
      "diverged/step": .int(Int64(step)),
    ])
  }

  /// Ends the record; `start` is what is left as the last weights where not even one epoch ended.
  ///
  /// - Returns: how many epochs ended.
  /// - Throws: what writing throws.
  func finish(_ stage: StageContext, start: Safetensors?) throws -> Int {
    // Every epoch that ended has a row in the trace, a diverged one has not.
    let epochs = trace.count
    if epochs == 0, let start { try checkpoints.finish(with: start) }
    if epochs > 0 { try checkpoints.finish(epochs: epochs) }
    try JSONLines.write(metrics, to: stage.output("metrics"))
    try JSONLines.write(trace, to: stage.output("trace"))
    let last = metrics.last
    for name in ["validation/accuracy", "test/accuracy"] {
      if let value = last?[name]?.float { stage.result(name, value) }
    }
    for name in ["diverged/epoch", "diverged/step"] {
      if let value = last?[name]?.int { stage.result(name, Int(value), isHeadline: true) }
    }
    return epochs
  }
}
