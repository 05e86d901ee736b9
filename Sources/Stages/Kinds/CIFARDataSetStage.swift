import Engine
import Foundation
import Learning
import Pipelines

/// Reads CIFAR-10 from its binary version.
enum CIFARDataSetStage: StageKind {
  static let name = "cifar-dataset"
  static let summary = "read CIFAR-10 from its binary version"
  static let inputs: [KindSignature.Input] = [
    .init(
      "archive",
      "cifar-10-binary.tar.gz, or a folder with it or with data_batch_*.bin and test_batch*.bin")
  ]
  static let outputs: [KindSignature.Output] = [
    .init("dataset", isFolder: true, "the data set, as .npy files")
  ]

  static func read(_ fields: inout FieldReader) -> Normalisation {
    let mean = fields.floats(
      "mean", default: [0.4914, 0.4822, 0.4465], in: -1e9...1e9,
      "subtracted from pixels of 0 to 1: one a channel, or one for all")
    let std = fields.floats(
      "std", default: [0.2023, 0.1994, 0.2010], in: 1e-9...1e9, "divided by last")
    guard [1, 3].contains(mean.count), mean.count == std.count else {
      fields.fail("mean", "must have 3 numbers or 1, and 'std' as many")
      return Normalisation(scale: 255)
    }
    return Normalisation(scale: 255, mean: mean, std: std)
  }

  static func run(_ normalisation: Normalisation, _ stage: StageContext) throws {
    let batches = try batches(in: stage.input("archive"))
    guard let train = try samples(batches, "data_batch_") else {
      throw StageError.noBatches("data_batch_*.bin")
    }
    let dataSet = try DataSet(
      classes: CIFAR.classes, shape: CIFAR.shape, normalisation: normalisation, train: train,
      test: try samples(batches, "test_batch"))
    try dataSet.save(to: stage.output("dataset"))
    stage.result("samples", train.labels.count)
  }

  private typealias Batch = (name: String, bytes: [UInt8])

  /// The batches of a folder, in which the archive may lie, or of the archive; by name.
  private static func batches(in path: String) throws -> [Batch] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { return try batches(ofArchive: path, named: "archive") }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted().flatMap { name in
      if name.hasSuffix(".tar.gz") { return try batches(ofArchive: "\(path)/\(name)", named: name) }
      return name.hasSuffix(".bin") ? [(name, try readFile(at: "\(path)/\(name)"))] : []
    }
  }

  private static func batches(ofArchive path: String, named name: String) throws -> [Batch] {
    let bytes = try Gzip.inflatedIfNeeded(readFile(at: path), path: name, limitInBytes: 1 << 30)
    let tar = try Tar(bytes, path: name)
    return tar.members.filter { $0.name.hasSuffix(".bin") }
      .map { ($0.lastName, tar.content(of: $0)) }.sorted { $0.name < $1.name }
  }

  /// All records of the batches whose names start so; `nil` if there are none.
  private static func samples(_ batches: [Batch], _ start: String) throws -> DataSet.Samples? {
    let parts = try batches.filter { $0.name.hasPrefix(start) }.map {
      try CIFAR.read($0.bytes, path: $0.name)
    }
    let labels = parts.flatMap(\.labels)
    guard !labels.isEmpty else { return nil }
    return DataSet.Samples(
      inputs: .bytes(parts.flatMap(\.inputs), shape: [labels.count] + CIFAR.shape), labels: labels)
  }
}
