import Engine
import Learning
import Pipelines
import Tensors

/// Computes the class posterior of every sample of a part, in the data set's order.
enum PosteriorStage: StageKind {
  static let name = "posterior"
  static let summary = "compute the class posteriors of all samples"
  static let inputs: [KindSignature.Input] = [
    .init("dataset", "the samples"),
    .init("checkpoint", "the network's weights"),
  ]
  static let outputs: [KindSignature.Output] = [
    .init("posterior", "float32 [samples, classes], .npy")
  ]
  static let arithmetic: Int? = Arithmetic.version

  static func read(_ fields: inout FieldReader) -> PartChoice {
    fields.choice("part", default: .train, "the part of the data set")
  }

  static func run(_ part: PartChoice, _ stage: StageContext) throws {
    try stage.prepareKernels()
    let data = try StageData(stage)
    let samples = try part.samples(of: data)
    let posterior = try data.model(at: stage.input("checkpoint")).posterior(samples.inputs)
    try NPY.write(
      .floats(posterior.values, shape: posterior.shape), to: stage.output("posterior"))
  }
}

/// A part of a data set, as configs name it.
enum PartChoice: String, CaseIterable, Sendable {
  case train, validation, test

  func samples(of data: StageData) throws -> Samples {
    let samples: Samples? =
      switch self {
      case .train: data.train
      case .validation: data.validation
      case .test: data.test
      }
    guard let samples else { throw StageError.noSuchPart(rawValue) }
    return samples
  }
}
