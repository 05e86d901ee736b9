import Engine
import Learning
import Pipelines

/// Reads a data set from tables of numbers, one sample a row, the class in one column.
enum CSVDataSetStage: StageKind {
  static let name = "csv-dataset"
  static let summary = "read samples and labels from CSV tables, gzipped or not"
  static let inputs: [KindSignature.Input] = [
    .init("train", "the training table"),
    .init("test", required: false, "the test table"),
  ]
  static let outputs: [KindSignature.Output] = [
    .init("dataset", isFolder: true, "the data set, as .npy files")
  ]

  struct Config: Sendable {
    let label: Int
    let shape: [Int]
    let header: Bool
    let testEvery: Int?
    let scale, mean, std: Double
  }

  static func read(_ fields: inout FieldReader) -> Config {
    let config = Config(
      label: fields.int(
        "label", default: -1, in: -1...1_000_000, "column of the class, from 0; -1 is the last"),
      shape: fields.ints(
        "shape", default: [], in: 1...1_000_000,
        "one sample's channels, height, width; empty: all in a row"),
      header: fields.bool("header", default: false, "whether the first row is names"),
      testEvery: fields.optionalInt(
        "test_every", in: 2...1_000_000,
        "holds out every so many-th row where there is no test table"),
      scale: fields.float("scale", default: 1, in: 1e-9...1e9, "values are divided by it first"),
      mean: fields.float("mean", default: 0, in: -1e9...1e9, "subtracted next"),
      std: fields.float("std", default: 1, in: 1e-9...1e9, "divided by last"))
    if !config.shape.isEmpty && config.shape.count != 3 {
      fields.fail("shape", "must be [channels, height, width], or empty")
    }
    return config
  }

  static func run(_ config: Config, _ stage: StageContext) throws {
    var train = try table(stage.input("train"), config)
    var test = try stage.optionalInput("test").map { try table($0, config) }
    if test == nil, let every = config.testEvery {
      let held = train.rows.indices.filter { ($0 + 1) % every == 0 }
      let kept = train.rows.indices.filter { ($0 + 1) % every != 0 }
      (train, test) = (train.selecting(kept), train.selecting(held))
    }
    let largest = (train.labels + (test?.labels ?? [])).max() ?? 0
    let columns = train.rows.first?.count ?? 0
    let shape = config.shape.isEmpty ? [1, 1, columns] : config.shape
    let dataSet = try DataSet(
      classes: Int(largest) + 1, shape: shape,
      normalisation: Normalisation(scale: config.scale, mean: [config.mean], std: [config.std]),
      train: train.samples(shape), test: try test?.samples(shape))
    try dataSet.save(to: stage.output("dataset"))
    stage.result("samples", train.labels.count)
  }

  private struct TableOfSamples {
    var rows: [[Float]]
    var labels: [Int32]

    func selecting(_ indices: [Int]) -> TableOfSamples {
      TableOfSamples(rows: indices.map { rows[$0] }, labels: indices.map { labels[$0] })
    }

    func samples(_ shape: [Int]) throws -> DataSet.Samples {
      let columns = rows.first?.count ?? 0
      guard columns == shape.reduce(1, *) else { throw StageError.columns(columns, shape: shape) }
      return DataSet.Samples(
        inputs: .floats(rows.flatMap(\.self), shape: [rows.count] + shape), labels: labels)
    }
  }

  private static func table(_ path: String, _ config: Config) throws -> TableOfSamples {
    let bytes = try Gzip.inflatedIfNeeded(readFile(at: path), path: path)
    let numbers = try CSV.numbers(bytes, path: path, header: config.header)
    let columns = numbers.shape[1]
    let label = config.label < 0 ? columns - 1 : config.label
    guard (0..<columns).contains(label) else {
      throw StageError.labelColumn(config.label, columns: columns)
    }
    let values = numbers.doubles
    var table = TableOfSamples(rows: [], labels: [])
    for row in 0..<numbers.shape[0] {
      var cells = Array(values[row * columns..<(row + 1) * columns])
      let written = cells.remove(at: label)
      guard written >= 0, written < 65_536, written == written.rounded() else {
        throw StageError.badLabel(written, row: row + 1)
      }
      table.labels.append(Int32(written))
      table.rows.append(cells.map(Float.init))
    }
    return table
  }
}
