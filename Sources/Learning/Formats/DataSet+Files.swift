import Documents
import FoundationEssentials

extension DataSet {
  /// Reads a folder that `save(to:)` wrote, or one made by other tools in the same way.
  public static func load(from folder: String) throws -> DataSet {
    let about = try About(contentsOf: folder + "/dataset.json")
    return try DataSet(
      classes: about.classes, shape: about.shape, normalisation: about.normalisation,
      train: samples("train", in: folder),
      test: fileExists(at: "\(folder)/test-inputs.npy") ? samples("test", in: folder) : nil,
      folds: fileExists(at: "\(folder)/fold-train.npy") ? folds(in: folder) : nil)
  }

  /// Writes `dataset.json` and one .npy file for each array into `folder`, made if it is missing.
  public func save(to folder: String) throws(FormatError) {
    try makeFolder(at: folder)
    try writeFile(about, to: folder + "/dataset.json")
    try Self.save(train, "train", to: folder)
    if let test { try Self.save(test, "test", to: folder) }
    if let folds {
      try NPY.write(.integers(folds.train.map { Int32($0) }), to: folder + "/fold-train.npy")
      try NPY.write(
        .integers(folds.validation.map { Int32($0) }), to: folder + "/fold-validation.npy")
    }
  }

  private var about: [UInt8] {
    func perChannel(_ values: [Double]) -> Value {
      values.count == 1 ? .float(values[0]) : .list(values.map { .float($0) })
    }
    let value: Value = [
      "classes": .int(Int64(classes)), "shape": .list(shape.map { .int(Int64($0)) }),
      "scale": .float(normalisation.scale), "mean": perChannel(normalisation.mean),
      "std": perChannel(normalisation.std),
    ]
    return Array((value.json() + "\n").utf8)
  }

  private static func save(
    _ samples: Samples, _ name: String, to folder: String
  ) throws(FormatError) {
    try NPY.write(samples.inputs, to: "\(folder)/\(name)-inputs.npy")
    try NPY.write(.integers(samples.labels), to: "\(folder)/\(name)-labels.npy")
    if let labels = samples.trueLabels {
      try NPY.write(.integers(labels), to: "\(folder)/\(name)-true-labels.npy")
    }
  }

  private static func samples(_ name: String, in folder: String) throws(FormatError) -> Samples {
    let truth = "\(folder)/\(name)-true-labels.npy"
    return Samples(
      inputs: try NPY.read(contentsOf: "\(folder)/\(name)-inputs.npy"),
      labels: try int32s(in: "\(folder)/\(name)-labels.npy"),
      trueLabels: fileExists(at: truth) ? try int32s(in: truth) : nil)
  }

  private static func folds(in folder: String) throws(FormatError) -> Folds {
    Folds(
      train: try int32s(in: folder + "/fold-train.npy").map { Int($0) },
      validation: try int32s(in: folder + "/fold-validation.npy").map { Int($0) })
  }

  /// A list of integers that fit 32 bits, whatever type they are stored in.
  private static func int32s(in path: String) throws(FormatError) -> [Int32] {
    let array = try NPY.read(contentsOf: path)
    guard array.shape.count == 1, let integers = array.integers else {
      throw .malformed(
        path: path, offset: 0,
        problem: .header("\(array.type.rawValue) of shape \(array.shape), not a list of integers"))
    }
    if case .int32(let values) = array.values { return values }
    let values = integers.compactMap { Int32(exactly: $0) }
    guard values.count == integers.count else {
      throw .malformed(path: path, offset: 0, problem: .header("integers beyond 32 bits"))
    }
    return values
  }
}

/// What `dataset.json` says.
private struct About {
  let classes: Int
  let shape: [Int]
  let normalisation: Normalisation

  init(contentsOf path: String) throws(FormatError) {
    let bytes = try readFile(at: path)
    let document: Value
    do { document = try Value(json: bytes) } catch {
      throw .malformed(
        path: path, offset: 0, problem: .header(error.errorDescription ?? "\(error)"))
    }
    func problem(_ field: String, _ text: String) -> FormatError {
      .malformed(path: path, offset: 0, problem: .field(field, text))
    }
    guard let classes = document["classes"]?.int, (1...1_000_000).contains(classes) else {
      throw problem("classes", "should be a number from 1 to 1000000")
    }
    let sizes = (document["shape"]?.list ?? []).compactMap(\.int)
    guard sizes.count == 3, sizes.allSatisfy({ (1...1 << 20).contains($0) }) else {
      throw problem("shape", "should be [channels, height, width]")
    }
    let scale = numbers(document["scale"] ?? 1.0)
    let (mean, std) = (numbers(document["mean"] ?? 0.0), numbers(document["std"] ?? 1.0))
    guard scale.count == 1, Normalisation.isSound(scale: scale[0], mean: mean, std: std) else {
      throw problem("scale, mean, std", "should be numbers, 'scale' and 'std' not 0")
    }
    self.classes = Int(classes)
    shape = sizes.map { Int($0) }
    normalisation = Normalisation(scale: scale[0], mean: mean, std: std)
  }
}

/// One number or a list of them; empty if it is neither.
private func numbers(_ value: Value) -> [Double] {
  let values = (value.list ?? [value]).map { $0.float ?? $0.int.map { Double($0) } }
  return values.contains(nil) ? [] : values.compactMap { $0 }
}
