import Documents
import Engine
import Foundation
import Learning
import Pipelines

/// Chooses an epoch by a metric: a pure function of the metrics, so a new criterion never retrains.
enum ChooseEpochStage: StageKind {
  static let name = "choose-epoch"
  static let summary = "choose the checkpoint of the epoch that is best by a metric"
  static let inputs: [KindSignature.Input] = [
    .init("metrics", "one row an epoch"),
    .init("checkpoints", "one file an epoch"),
  ]
  static let outputs: [KindSignature.Output] = [
    .init("checkpoint", "the chosen epoch's weights, safetensors"),
    .init("choice", "the epoch, the criterion and its value, JSON"),
  ]

  enum Mode: String, CaseIterable, Sendable { case max, min }

  struct Config: Sendable {
    let by: String
    let mode: Mode
  }

  static func read(_ fields: inout FieldReader) -> Config {
    Config(
      by: fields.string("by", default: "validation/accuracy", "the metric"),
      mode: fields.choice("mode", default: .max, "which value is best; the first epoch wins a tie"))
  }

  static func run(_ config: Config, _ stage: StageContext) throws {
    let rows = try JSONLines.read(contentsOf: stage.input("metrics"))
    let known = Set(rows.flatMap { $0.map.map { Array($0.keys) } ?? [] }).subtracting(["epoch"])
    guard known.contains(config.by) else {
      throw StageError.missingMetric(config.by, known: known.sorted())
    }
    guard let best = choose(rows, config) else { throw StageError.noRows(metric: config.by) }
    let name = Checkpoints.name(epoch: best.epoch)
    let source = "\(stage.input("checkpoints"))/\(name)"
    guard FileManager.default.fileExists(atPath: source) else {
      throw StageError.missingCheckpoint(epoch: best.epoch)
    }
    try FileManager.default.copyItem(atPath: source, toPath: stage.output("checkpoint"))
    let choice: Value = [
      "epoch": .int(Int64(best.epoch)), "by": .string(config.by),
      "mode": .string(config.mode.rawValue), "value": .float(best.value),
    ]
    try Data(choice.json().utf8).write(to: URL(filePath: stage.output("choice")))
    stage.result("epoch", best.epoch)
    stage.result(config.by, best.value)
  }

  /// The best row; the first of equals.
  private static func choose(_ rows: [Value], _ config: Config) -> (epoch: Int, value: Double)? {
    var best: (epoch: Int, value: Double)?
    for row in rows {
      guard let epoch = row["epoch"]?.int, let value = row[config.by]?.number, value.isFinite
      else { continue }
      let isBetter = best.map { config.mode == .max ? value > $0.value : value < $0.value } ?? true
      if isBetter { best = (Int(epoch), value) }
    }
    return best
  }
}

extension Value {
  /// A float, or a whole number as one.
  fileprivate var number: Double? { float ?? int.map(Double.init) }
}
