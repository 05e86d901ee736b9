import Engine
import Foundation
import Learning
import Pipelines
import Tensors

/// Computes the class posteriors of a part after each epoch of a training.
enum PosteriorsStage: StageKind {
  static let name = "posteriors"
  static let summary = "compute the class posteriors of all samples, epoch by epoch"
  static let inputs: [KindSignature.Input] = [
    .init("dataset", "the samples"),
    .init("checkpoints", "one file an epoch"),
  ]
  static let outputs: [KindSignature.Output] = [
    .init("posteriors", isFolder: true, "float32 [samples, classes] of each epoch, .npy")
  ]
  static let arithmetic: Int? = Arithmetic.version

  struct Config: Sendable {
    let part: PartChoice
    let epochs: [Int]
  }

  static func read(_ fields: inout FieldReader) -> Config {
    Config(
      part: fields.choice("part", default: .train, "the part of the data set"),
      epochs: fields.ints("epochs", default: [], in: 1...100_000, "which; empty: all there are"))
  }

  static func run(_ config: Config, _ stage: StageContext) throws {
    try stage.prepareKernels()
    let data = try StageData(stage)
    let samples = try config.part.samples(of: data)
    let checkpoints = Checkpoints(folder: stage.input("checkpoints"))
    let known = try checkpoints.epochs()
    let epochs = config.epochs.isEmpty ? known : Set(config.epochs).sorted()
    for (index, epoch) in epochs.enumerated() {
      guard known.contains(epoch) else { throw StageError.missingCheckpoint(epoch: epoch) }
      Kernels.threads = stage.threads
      stage.progress(
        Progress(
          step: index + 1, of: epochs.count, "epoch", done: index * samples.count,
          total: epochs.count * samples.count, unit: "samples"))
      let path = "\(checkpoints.folder)/\(Checkpoints.name(epoch: epoch))"
      let posterior = try data.model(at: path).posterior(samples.inputs)
      try NPY.write(
        .floats(posterior.values, shape: posterior.shape),
        to: "\(stage.output("posteriors"))/\(Checkpoints.stem(epoch: epoch)).npy")
    }
  }
}
