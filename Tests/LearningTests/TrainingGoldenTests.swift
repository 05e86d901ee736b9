import Foundation
import Learning
import Tensors
import Testing

/// Twenty steps of each network on handwritten digits have the same bits everywhere.
@Suite struct TrainingGoldenTests {
  private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/training.txt")

  /// The fastest path takes all the steps with one thread; with more, and on other paths, large networks
  /// take a few, unless `REPRO_EVERY_STEP` is set (`make everywhere`). In a process of its own, since paths
  /// and threads belong to the whole process.
  @Test func `trained networks have the same bits on every path and with any number of threads`()
    async throws
  {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      let runs = try GoldenRun.all()
      let fastest = Kernels.path
      let everyStep = ProcessInfo.processInfo.environment["REPRO_EVERY_STEP"] != nil
      for path in Kernels.availablePaths {
        Kernels.select(path)
        for threads in path == fastest || everyStep ? [1, 2, 3, 7] : [1] {
          Kernels.threads = threads
          for run in runs {
            let isFull = everyStep || path == fastest && threads == 1
            let steps = run.isLarge && !isFull ? path == .emulated ? 0 : 3 : 20
            try run.train(steps: min(steps, run.steps)) { steps, fingerprint in
              print("trained: \(run.name), step \(steps): \(fingerprint)")
            }
          }
        }
      }
    }
    let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    let found = output.split(separator: "\n").filter { $0.hasPrefix("trained: ") }
      .map { $0.dropFirst("trained: ".count) }
    let distinct = Set(found).sorted().map { "\($0)\n" }.joined()
    if ProcessInfo.processInfo.environment["REPRO_WRITE_GOLDEN"] != nil {
      try Data(distinct.utf8).write(to: Self.golden)
    }
    #expect(distinct == (try String(contentsOf: Self.golden, encoding: .utf8)))
  }
}

/// A network and the digits that it learns, in the size that it takes.
private struct GoldenRun {
  let name: String
  let description: ModelDescription
  let samples: Samples
  let batchSize: Int
  /// Whether a step takes a tenth of a second.
  var isLarge = false
  var steps = 20

  static func all() throws -> [GoldenRun] {
    let digits = try Digits().train
    /// The first digits, each pixel repeated to a square of `scale`.
    func first(_ count: Int, scale: Int) -> Samples {
      let side = 8 * scale
      let values = digits.inputs.values
      return Samples(
        inputs: Tensor(
          shape: [count, 1, side, side],
          values: (0..<count * side * side).map { place in
            let (row, column) = (place / side % side / scale, place % side / scale)
            return values[place / (side * side) * 64 + row * 8 + column]
          }), labels: Array(digits.labels.prefix(count)))
    }
    return [
      GoldenRun(
        name: "mlp", description: .mlp(hidden: [64, 32]), samples: first(640, scale: 1),
        batchSize: 32),
      GoldenRun(
        name: "lenet", description: .lenet, samples: first(320, scale: 2), batchSize: 16),
      GoldenRun(
        name: "cnn9", description: .cnn9, samples: first(40, scale: 4), batchSize: 2, isLarge: true),
      GoldenRun(
        name: "resnet18", description: .resnet18, samples: first(80, scale: 1), batchSize: 4,
        isLarge: true),
      GoldenRun(
        name: "resnet18(preact)",
        description: .resnet(ResNet(.layers18, isPreActivation: true)),
        samples: first(80, scale: 1), batchSize: 4, isLarge: true, steps: 3),
      GoldenRun(
        name: "fusion",
        description: .fusion(Fusion(views: [24, 40], hidden: 32, combination: .product(rank: 3))),
        samples: first(640, scale: 1), batchSize: 32),
    ]
  }

  private struct Enough: Error {}

  /// Calls `report` with the whole state's digest after the third step and after the 20th.
  func train(steps: Int, _ report: (Int, String) -> Void) throws {
    guard steps > 0 else { return }
    let model = try Model(
      description, inputShape: Array(samples.inputs.shape.dropFirst()), classes: 10, seed: 1)
    var optimizer = Optimizer(
      SGD(momentum: 0.9), groups: [ParameterGroup(model.parameters, rate: 0.02, weightDecay: 5e-4)])
    do {
      try model.train(
        on: samples, plan: TrainingPlan(epochs: 1, batchSize: batchSize, seed: 1),
        optimizer: &optimizer, loss: { $0.crossEntropy($1) },
        onStep: { position, _ in
          let step = position.step
          if step == 3 || step == 20 { report(step, model.fingerprint) }
          if step == steps { throw Enough() }
        }, onEpoch: { _, _ in })
    } catch is Enough {}
  }
}
