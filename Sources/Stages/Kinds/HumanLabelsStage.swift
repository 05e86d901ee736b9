import Engine
import Learning
import NoisyLabels
import Pipelines

/// Takes the training labels that people gave, and records the truth: the matrix, the flips, the realised rates.
enum HumanLabelsStage: StageKind {
  static let name = "human-labels"
  static let summary = "give the training samples other labels, such as those of people"
  static let inputs: [KindSignature.Input] = [
    .init("dataset", "with clean labels"),
    .init("labels", "integers [training samples], .npy, in the order of the data set"),
  ]
  static let outputs = NoiseRecord.outputs.map(KindSignature.Output.init)

  static func read(_ fields: inout FieldReader) {}

  static func run(_ config: Void, _ stage: StageContext) throws {
    let dataSet = try DataSet.load(from: stage.input("dataset"))
    guard dataSet.train.trueLabels == nil else { throw StageError.noisyAlready }
    let array = try NPY.read(contentsOf: stage.input("labels"))
    guard array.shape.count == 1, let labels = array.integers else {
      throw StageError.labelArray(array.type.rawValue, array.shape)
    }
    let noise = try LabelNoise(
      observed: labels.map { Int32(clamping: $0) }, of: dataSet.train.labels,
      classes: dataSet.classes)
    try NoiseRecord(noise, of: dataSet).save(stage)
  }
}
