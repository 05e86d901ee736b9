import Documents
import Engine
import Learning
import Pipelines
import Tensors

/// Measures a checkpoint on a part of the data set, and keeps its predictions.
enum EvaluateStage: StageKind {
  static let name = "evaluate"
  static let summary = "measure a checkpoint's accuracy and loss"
  static let inputs: [KindSignature.Input] = [
    .init("dataset", "the samples"),
    .init("checkpoint", "the network's weights"),
  ]
  static let outputs: [KindSignature.Output] = [
    .init("metrics", "one row, JSON lines"),
    .init("predictions", "int32 [samples], .npy"),
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
    let row: Value = [
      "\(part.rawValue)/accuracy": .float(accuracy), "\(part.rawValue)/loss": .float(loss),
      "\(part.rawValue)/correct": .int(Int64(correct)),
      "\(part.rawValue)/samples": .int(Int64(samples.count)),
    ]
    try JSONLines.write([row], to: stage.output("metrics"))
    try NPY.write(.integers(predictions), to: stage.output("predictions"))
    stage.result("\(part.rawValue)/accuracy", accuracy, isHeadline: true)
  }
}
