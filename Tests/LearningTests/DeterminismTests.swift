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
    #expect(found.count >= 4)
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
    ]
  }

  func trained() throws -> String {
    var optimizer = Optimizer(
      rule, groups: [ParameterGroup(model.parameters, rate: rate, weightDecay: 1e-4)])
    try model.train(
      on: samples, plan: TrainingPlan(epochs: 2, batchSize: 32, seed: 1), optimizer: &optimizer,
      loss: { $0.crossEntropy($1) }, onEpoch: { _, _ in })
    return model.fingerprint
  }
}
