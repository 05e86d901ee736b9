import Documents
import Engine
import Learning
import NoisyLabels
import Pipelines
import Tensors

/// Estimates the transition matrix from anchor points of a noisy posterior.
enum EstimateTransitionStage: StageKind {
  static let name = "estimate-transition"
  static let summary = "estimate the transition matrix from anchor points"
  static let inputs: [KindSignature.Input] = [
    .init("posterior", "of the training samples"),
    .init("truth", required: false, "the true matrix, to measure the estimate by"),
  ]
  static let outputs: [KindSignature.Output] = [
    .init("transition", "the estimate, float64 [classes, classes], .npy"),
    .init("report", "anchors, threshold and row of each class, JSON lines"),
  ]
  static let arithmetic: Int? = Arithmetic.version

  struct Config: Sendable {
    let percentile: Double?
    let rows: Int
    let legacy: Bool
  }

  static func read(_ fields: inout FieldReader) -> Config {
    Config(
      percentile: fields.floatOrNone(
        "percentile", default: 97, in: 0...100,
        "samples at or above this percentile of a class are outliers, no anchors"),
      rows: fields.int("rows", default: 1, in: 1...1_000_000, "anchors that a row is the mean of"),
      legacy: fields.bool("legacy", default: false, "repeat the two mistakes of the published code")
    )
  }

  static func run(_ config: Config, _ stage: StageContext) throws {
    let posterior = try Posterior(NPY.read(contentsOf: stage.input("posterior")))
    let estimate = try estimateTransition(
      from: posterior, percentile: config.percentile, labelCounts: expectedCounts(posterior),
      rows: config.rows, legacy: config.legacy)
    for warning in estimate.warnings { stage.warn(warning.description) }
    try NPY.write(estimate.transition.array, to: stage.output("transition"))
    try JSONLines.write(report(estimate), to: stage.output("report"))
    if let truth = try stage.truth() {
      stage.result(
        "estimation error", estimate.transition.estimationError(against: truth), isHeadline: true)
    }
  }

  /// How many samples have each given label, as far as the posterior tells: its column sums.
  private static func expectedCounts(_ posterior: Posterior) -> [Int] {
    (0..<posterior.classes).map { label in
      let sum = (0..<posterior.samples).reduce(0.0) { $0 + posterior[$1, label] }
      return Int(sum.rounded())
    }
  }

  private static func report(_ estimate: TransitionEstimate) -> [Value] {
    estimate.transition.rows.indices.map { label in
      [
        "class": .int(Int64(label)),
        "anchors": .list(estimate.anchors[label].map { .int(Int64($0)) }),
        "threshold": estimate.thresholds.map { .float($0[label]) } ?? .null,
        "row-sum": .float(estimate.rowSums[label]),
        "row": .list(estimate.transition.rows[label].map(Value.float)),
      ]
    }
  }
}

extension StageContext {
  /// The matrix of the input 'transition', if it is there.
  func transition() throws -> TransitionMatrix? { try matrix("transition") }

  /// The true matrix, if it is there.
  func truth() throws -> TransitionMatrix? { try matrix("truth") }

  private func matrix(_ input: String) throws -> TransitionMatrix? {
    try optionalInput(input).map { try TransitionMatrix(NPY.read(contentsOf: $0)) }
  }
}
