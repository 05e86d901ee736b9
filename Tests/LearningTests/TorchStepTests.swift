import Foundation
import Learning
import Tensors
import Testing

/// One SGD step of our networks against PyTorch's, from the same weights and the same batch.
///
/// The reference is PyTorch in float64; we may be some times as far from it as PyTorch is in float32. See
/// `Fixtures/make-torch-steps.py`.
@Suite struct TorchStepTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures")

  private struct Step: Decodable {
    struct Entry: Decodable {
      let norm: Double
      let normError: Double
      let error: Double
      let places: [Int]
      let values: [Double]
    }
    let loss: Double
    let lossError: Double
    let tensors: [String: Entry]
  }

  private static func model(_ name: String) throws -> (Model, Samples) {
    name == "lenet"
      ? (
        try Model(.lenet, inputShape: [1, 28, 28], classes: 10, seed: 1),
        .random(8, shape: [1, 28, 28], classes: 10)
      )
      : (
        try Model(.resnet18, inputShape: [3, 32, 32], classes: 10, seed: 1),
        .random(4, shape: [3, 32, 32], classes: 10)
      )
  }

  @Test(arguments: ["lenet", "resnet18"])
  func `a step is PyTorch's but for rounding`(name: String) throws {
    let (model, batch) = try Self.model(name)
    if let folder = ProcessInfo.processInfo.environment["REPRO_WRITE_TORCH_INPUTS"] {
      try write(model, batch, to: folder, name)
    }
    let json = try Data(contentsOf: Self.fixtures.appending(path: "torch-steps.json"))
    let steps = try JSONDecoder().decode([String: Step].self, from: json)
    let step = try #require(steps[name])

    var optimizer = Optimizer(
      SGD(momentum: 0.9), groups: [ParameterGroup(model.parameters, rate: 0.1, weightDecay: 5e-4)])
    let mode = PassMode.training(TrainingPass(seed: 1, epoch: 1, step: 1))
    let loss = model.logits(batch.inputs, mode: mode).crossEntropy(batch.labels)
    loss.backward()
    var found = model.parameters.map { ("gradient \($0.name)", $0.tensor.gradient?.values ?? []) }
    optimizer.step(epoch: 0)
    found += model.state.map { ("state \($0.name)", $0.tensor.values) }

    #expect(abs(Double(loss.item) - step.loss) <= 4 * step.lossError + 1e-6 * step.loss)
    #expect(Set(found.map(\.0)) == Set(step.tensors.keys))
    for (key, values) in found {
      guard let expected = step.tensors[key] else { continue }
      let norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(
        abs(norm - expected.norm) <= 4 * expected.normError + 1e-5 * expected.norm, "\(key)")
      let typical = expected.norm / Double(values.count).squareRoot()
      for (place, value) in zip(expected.places, expected.values) {
        #expect(
          abs(Double(values[place]) - value) <= 4 * expected.error + 1e-6 * typical,
          "\(key) at \(place)")
      }
    }
  }

  private func write(_ model: Model, _ batch: Samples, to folder: String, _ name: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try model.save(to: "\(folder)/\(name).safetensors")
    try Safetensors(entries: [
      .init("inputs", .floats(batch.inputs.values, shape: batch.inputs.shape)),
      .init("labels", .integers(batch.labels)),
    ]).write(to: "\(folder)/\(name)-batch.safetensors")
  }
}
