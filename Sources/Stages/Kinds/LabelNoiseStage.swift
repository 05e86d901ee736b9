import Engine
import Learning
import NoisyLabels
import Pipelines
import Tensors

/// Makes the training labels noisy, and records the truth: the matrix, the flips, the realised rates.
enum LabelNoiseStage: StageKind {
  static let name = "label-noise"
  static let summary = "make training labels noisy in a known way"
  static let inputs: [KindSignature.Input] = [.init("dataset", "with clean labels")]
  static let outputs = NoiseRecord.outputs.map(KindSignature.Output.init)
  static let usesSeed = true
  static let arithmetic: Int? = Arithmetic.version

  enum Kind: String, CaseIterable, Sendable {
    case symmetric
    case symmetricInclusive = "symmetric-inclusive"
    case pair, map, swap, matrix
  }

  static func read(_ fields: inout FieldReader) -> NoiseModel {
    let kind: Kind = fields.choice(
      "type", "how labels go wrong; the reference of each is in the manual")
    let rate = fields.float("rate", default: 0, in: 0...1, "probability, or share, that is changed")
    let pairs = fields.intMap("map", default: [], "for map and swap: class to class, as {9: 1}")
    let rows = fields.matrix("matrix", "for matrix: T, row by row")
    if (kind == .map || kind == .swap) && pairs.isEmpty {
      fields.fail("map", "must name the classes that move where type is \(kind.rawValue)")
    }
    let map = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    switch kind {
    case .symmetric: return .symmetric(rate: rate)
    case .symmetricInclusive: return .symmetricInclusive(rate: rate)
    case .pair: return .pair(rate: rate)
    case .map: return .map(map, rate: rate)
    case .swap: return .swap(map, rate: rate)
    case .matrix:
      guard let rows else {
        fields.fail("matrix", "must be given where type is matrix")
        return .symmetric(rate: 0)
      }
      do { return .matrix(try TransitionMatrix(rows)) } catch {
        fields.fail("matrix", error.errorDescription ?? "is no transition matrix")
        return .symmetric(rate: 0)
      }
    }
  }

  static func run(_ model: NoiseModel, _ stage: StageContext) throws {
    let dataSet = try DataSet.load(from: stage.input("dataset"))
    guard dataSet.train.trueLabels == nil else { throw StageError.noisyAlready }
    let noise = try model.applied(
      to: dataSet.train.labels, classes: dataSet.classes, seed: stage.seed)
    try NoiseRecord(noise, of: dataSet).save(stage)
  }
}
