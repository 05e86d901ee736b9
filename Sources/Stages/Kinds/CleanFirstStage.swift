import Documents
import Engine
import Foundation
import Learning
import NoisyLabels
import Pipelines
import Tensors

/// Measures, epoch by epoch, how a network learns samples with right and with wrong labels.
///
/// Source: Arpit et al., "A Closer Look at Memorization in Deep Networks", ICML 2017.
enum CleanFirstStage: StageKind {
  static let name = "clean-first"
  static let version = 2
  static let summary = "measure how samples with right and with wrong labels are learned"
  static let inputs: [KindSignature.Input] = [
    .init("dataset", "with noisy labels whose truth is known"),
    .init("posteriors", "of its training samples, one file an epoch"),
  ]
  static let outputs: [KindSignature.Output] = [
    .init("metrics", "accuracies and losses of both, one row an epoch, JSON lines")
  ]
  static let arithmetic: Int? = Arithmetic.version

  static func read(_ fields: inout FieldReader) {}

  static func run(_ config: Void, _ stage: StageContext) throws {
    let dataSet = try DataSet.load(from: stage.input("dataset"))
    guard let truth = dataSet.train.trueLabels else { throw StageError.unknownTruth }
    let rows = dataSet.folds?.train ?? Array(truth.indices)
    let given = rows.map { dataSet.train.labels[$0] }
    let folder = stage.input("posteriors")
    let metrics = try Checkpoints(folder: folder).epochs(extension: "npy").map { epoch in
      let path = "\(folder)/\(Checkpoints.stem(epoch: epoch)).npy"
      let posterior = try NPY.read(contentsOf: path)
      guard posterior.shape == [rows.count, dataSet.classes] else {
        throw StageError.posteriorSize(
          posterior.shape, expected: [rows.count, dataSet.classes])
      }
      let learned = LearnedLabels(
        posterior: Tensor(shape: posterior.shape, values: posterior.floats), given: given,
        truth: rows.map { truth[$0] })
      return Value.map(
        learned.figures.mapValues(Value.float).merging(["epoch": .int(Int64(epoch))]) { $1 })
    }
    try JSONLines.write(metrics, to: stage.output("metrics"))
  }
}
