import Documents
import Engine
import Learning
import Pipelines

/// Says of a training whether it diverged, did not get anywhere, or trained: a pure function of its metrics.
enum VerdictStage: StageKind {
  static let name = "verdict"
  static let summary = "say whether a training diverged, did not train, or trained"
  static let inputs: [KindSignature.Input] = [.init("metrics", "one row an epoch")]
  static let outputs: [KindSignature.Output] = [
    .init("verdict", "one row: the verdict, and what it goes by, JSON lines")
  ]

  struct Config: Sendable {
    let metric: String
    let classes: Int
    let trained: Double
  }

  static func read(_ fields: inout FieldReader) -> Config {
    Config(
      metric: fields.string("by", default: "test/accuracy", "the accuracy that it goes by"),
      classes: fields.int(
        "classes", in: 2...1_000_000, "diverged is what ends below 1.5 times chance, 1/classes"),
      trained: fields.float(
        "trained", default: 0.5, in: 0...1, "not trained is what never gets so far"))
  }

  static func run(_ config: Config, _ stage: StageContext) throws {
    let rows = try JSONLines.read(contentsOf: stage.input("metrics"))
    let accuracies = rows.compactMap { row in
      row[config.metric]?.float ?? row[config.metric]?.int.map(Double.init)
    }.filter(\.isFinite)
    let divergence = rows.first { $0["diverged/epoch"] != nil }
    let known = Set(rows.flatMap { $0.map.map { Array($0.keys) } ?? [] }).subtracting(["epoch"])
    guard divergence != nil || !accuracies.isEmpty else {
      throw StageError.missingMetric(config.metric, known: known.sorted())
    }
    let (last, best) = (accuracies.last ?? 0, accuracies.max() ?? 0)
    let isDiverged = divergence != nil || last < 1.5 / Double(config.classes)
    let isTrained = !isDiverged && best >= config.trained
    var row: [String: Value] = [
      "verdict": .string(isDiverged ? "diverged" : isTrained ? "trained" : "not trained"),
      "diverged": .int(isDiverged ? 1 : 0), "trained": .int(isTrained ? 1 : 0),
    ]
    if !accuracies.isEmpty { row.merge(["last": .float(last), "best": .float(best)]) { $1 } }
    for name in ["diverged/epoch", "diverged/step"] { row[name] = divergence?[name] }
    try JSONLines.write([.map(row)], to: stage.output("verdict"))
    stage.result("diverged", isDiverged ? 1 : 0, isHeadline: true)
    stage.result("trained", isTrained ? 1 : 0, isHeadline: true)
  }
}
