import Documents
import Engine
import Learning
import Pipelines
import Tensors

/// Measures a checkpoint on a part of the data set, and keeps its predictions.
enum EvaluateStage: StageKind {
  static let name = "evaluate"
  static let version = 2
  static let summary = "measure a checkpoint's accuracy and loss"
  static let inputs: [KindSignature.Input] = [
    .init("dataset", "the samples"),
    .init("checkpoint", "the network's weights"),
  ]
  static let outputs: [KindSignature.Output] = [
    .init("metrics", "one row, JSON lines"),
    .init("predictions", "int32 [samples], .npy"),
    .init("confusion", "samples of class i taken for class j, int64 [classes, classes], .npy"),
  ]
  static let arithmetic: Int? = Arithmetic.version

  static func read(_ fields: inout FieldReader) -> PartChoice {
    fields.choice("part", default: .test, "the part of the data set")
  }

  static func run(_ part: PartChoice, _ stage: StageContext) throws {
    try stage.prepareKernels()
    let data = try StageData(stage)
    let samples = try part.samples(of: data)
    let logits = try data.model(at: stage.input("checkpoint")).allLogits(samples.inputs)
    let predictions = logits.argmaxOfRows().map { Int32($0) }
    let correct = zip(predictions, samples.labels).count { $0 == $1 }
    let accuracy = Double(correct) / Double(samples.count)
    let loss = Double(logits.crossEntropy(samples.labels).item)
    let name = part.rawValue
    var row: [String: Value] = [
      "\(name)/accuracy": .float(accuracy), "\(name)/loss": .float(loss),
      "\(name)/correct": .int(Int64(correct)), "\(name)/samples": .int(Int64(samples.count)),
    ]
    if data.dataSet.classes > 5 {
      row["\(name)/top-5"] = .float(topFive(logits, samples.labels))
    }
    try JSONLines.write([.map(row)], to: stage.output("metrics"))
    try NPY.write(.integers(predictions), to: stage.output("predictions"))
    try NPY.write(
      confusion(samples.labels, predictions, classes: data.dataSet.classes),
      to: stage.output("confusion"))
    stage.result("\(name)/accuracy", accuracy, isHeadline: true)
  }

  /// The share of samples whose label is among the five largest logits, the smaller class among equals.
  private static func topFive(_ logits: Tensor, _ labels: [Int32]) -> Double {
    let classes = logits.topK(5).indices
    let hits = labels.indices.count { classes[5 * $0..<5 * ($0 + 1)].contains(labels[$0]) }
    return Double(hits) / Double(labels.count)
  }

  /// Row: the label; column: the prediction.
  private static func confusion(
    _ labels: [Int32], _ predictions: [Int32], classes: Int
  ) -> NumericArray {
    var counts = [Int64](repeating: 0, count: classes * classes)
    for (label, prediction) in zip(labels, predictions) {
      counts[Int(label) * classes + Int(prediction)] += 1
    }
    return NumericArray(shape: [classes, classes], .int64(counts))
  }
}
