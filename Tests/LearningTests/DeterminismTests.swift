import Foundation
import Learning
import Tensors
import Testing

/// The promise that a training comes out the same to the last bit.
@Suite struct DeterminismTests {
  private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/trained-weights.txt")

  /// In a process of its own, since paths and threads belong to the whole process.
  @Test func `trained weights have the same bits on every path and with any number of threads`()
    async throws
  {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      for path in Kernels.availablePaths {
        Kernels.select(path)
        for threads in path == .emulated ? [1] : [1, 2, 3] {
          Kernels.threads = threads
          for run in try TrainingRun.all() {
            print("weights: \(run.name) \(try run.trained())")
          }
        }
      }
    }
    let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    let found = output.split(separator: "\n").filter { $0.hasPrefix("weights: ") }
      .map { $0.dropFirst("weights: ".count) }
    #expect(found.count >= 6)
    let distinct = Set(found).sorted().map { "\($0)\n" }.joined()
    if ProcessInfo.processInfo.environment["REPRO_WRITE_GOLDEN"] != nil {
      try Data(distinct.utf8).write(to: Self.golden)
    }
    #expect(distinct == (try String(contentsOf: Self.golden, encoding: .utf8)))
  }
}

/// A short training whose result is a few digits.
private struct TrainingRun {
  let name: String
  let model: Model
  let samples: Samples
  let rule: any UpdateRule
  let rate: Double
  /// Whether images are changed at random and steps are scheduled, clipped and averaged.
  var isElaborate = false

  static func all() throws -> [TrainingRun] {
    [
      TrainingRun(
        name: "mlp-sgd",
        model: try Model(.mlp(hidden: [48, 17]), inputShape: [1, 8, 8], classes: 10, seed: 1),
        samples: .random(300, shape: [1, 8, 8], classes: 10), rule: SGD(momentum: 0.9), rate: 0.05),
      TrainingRun(
        name: "lenet-adam",
        model: try Model(.lenet, inputShape: [1, 28, 28], classes: 10, seed: 1),
        samples: .random(100, shape: [1, 28, 28], classes: 10), rule: Adam(), rate: 1e-3),
      TrainingRun(
        name: "mlp-lamb-augmented",
        model: try Model(.mlp(hidden: [48]), inputShape: [3, 8, 8], classes: 10, seed: 1),
        samples: .random(300, shape: [3, 8, 8], classes: 10), rule: LAMB(), rate: 0.02,
        isElaborate: true),
    ]
  }

  func trained() throws -> String {
    var optimizer = Optimizer(
      rule, groups: [ParameterGroup(model.parameters, rate: rate, weightDecay: 1e-4)],
      schedule: isElaborate ? Schedule(.cosine(end: 2), warmUp: 1, isPerStep: true) : .constant,
      clipping: isElaborate ? .norm(1) : nil, averageDecay: isElaborate ? .ramped(0.999) : nil)
    var plan = TrainingPlan(epochs: 2, batchSize: 32, seed: 1)
    if isElaborate {
      plan.augmentation = Augmentation(
        crop: RandomCrop(padding: 1), flip: HorizontalFlip(),
        jitter: ColourJitter(brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.1),
        cutout: Cutout(size: 2))
      plan.mixup = Mixup(alpha: 0.4)
      plan.microBatch = 12
    }
    try model.train(
      on: samples, plan: plan, optimizer: &optimizer,
      loss: { $0.crossEntropy($1) }, onEpoch: { _, _ in })
    let averages = optimizer.average?.tensors ?? []
    return averages.isEmpty
      ? model.fingerprint : Tensor.fingerprint(of: model.parameters.map(\.tensor) + averages)
  }
}
