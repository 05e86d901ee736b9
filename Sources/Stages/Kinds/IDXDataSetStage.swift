import Engine
import Learning
import Pipelines

/// Reads a data set in the format of MNIST.
enum IDXDataSetStage: StageKind {
  static let name = "idx-dataset"
  static let summary = "read images and labels in the IDX format of MNIST, gzipped or not"
  static let inputs: [KindSignature.Input] = [
    .init("archive", "a folder with the four files")
  ]
  static let outputs: [KindSignature.Output] = [
    .init("dataset", isFolder: true, "the data set, as .npy files")
  ]

  struct Config: Sendable {
    let trainImages, trainLabels, testImages, testLabels: String
    let scale, mean, std: Double
  }

  static func read(_ fields: inout FieldReader) -> Config {
    Config(
      trainImages: fields.string("train_images", default: "train-images.gz", "item of the archive"),
      trainLabels: fields.string("train_labels", default: "train-labels.gz", "item of the archive"),
      testImages: fields.string("test_images", default: "test-images.gz", "item of the archive"),
      testLabels: fields.string("test_labels", default: "test-labels.gz", "item of the archive"),
      scale: fields.float("scale", default: 255, in: 1e-9...1e9, "pixels are divided by it first"),
      mean: fields.float("mean", default: 0, in: -1e9...1e9, "subtracted next"),
      std: fields.float("std", default: 1, in: 1e-9...1e9, "divided by last"))
  }

  static func run(_ config: Config, _ stage: StageContext) throws {
    let archive = stage.input("archive")
    let train = try samples(images: config.trainImages, labels: config.trainLabels, in: archive)
    let test = try samples(images: config.testImages, labels: config.testLabels, in: archive)
    let largest = (train.labels + test.labels).max() ?? 0
    let dataSet = try DataSet(
      classes: Int(largest) + 1, shape: Array(train.inputs.shape.dropFirst()),
      normalisation: Normalisation(scale: config.scale, mean: [config.mean], std: [config.std]),
      train: train, test: test)
    try dataSet.save(to: stage.output("dataset"))
    stage.result("samples", train.labels.count)
  }

  /// `[n, h, w]` becomes `[n, 1, h, w]`: grey images have one channel.
  private static func samples(
    images: String, labels: String, in archive: String
  ) throws -> DataSet.Samples {
    let pixels = try IDX.read(contentsOf: "\(archive)/\(images)")
    let classes = try IDX.read(contentsOf: "\(archive)/\(labels)")
    let shape = pixels.shape.count == 3 ? [pixels.shape[0], 1] + pixels.shape[1...] : pixels.shape
    return DataSet.Samples(
      inputs: NumericArray(shape: shape, pixels.values),
      labels: (classes.integers ?? []).map { Int32(clamping: $0) })
  }
}
