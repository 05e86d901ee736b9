import Learning
import Tensors

/// Trains LeNet as `lenet_pytorch.py` does and prints one line of JSON: `lenet-throughput THREADS STEPS`.
@main
struct Throughput {
  static let batch = 128

  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst().compactMap(Int.init)
    Kernels.threads = numbers.first ?? 1
    let steps = numbers.dropFirst().first ?? 300

    let count = batch * 100
    let stream = RandomStream(seed: 1, purpose: "benchmark")
    let samples = Samples(
      inputs: Tensor(shape: [count, 1, 28, 28], values: stream.normal(count * 784)),
      labels: (0..<count).map { Int32($0 % 10) })
    let model = try Model(.lenet, inputShape: [1, 28, 28], classes: 10, seed: 1)
    var optimizer = Optimizer(
      SGD(momentum: 0.9),
      groups: [ParameterGroup(model.parameters, rate: 0.01, weightDecay: 1e-4)])

    try train(model, samples, &optimizer, epochs: 1)
    let epochs = max(1, steps / 100)
    let time = try ContinuousClock().measure {
      try train(model, samples, &optimizer, epochs: epochs)
    }
    let rate = Int(Double(epochs * count) / (time / .seconds(1)))
    print(
      #"{"samples_per_second": \#(rate), "threads": \#(Kernels.threads), "engine": "repro \#(Kernels.path)"}"#
    )
  }

  static func train(
    _ model: Model, _ samples: Samples, _ optimizer: inout Optimizer, epochs: Int
  ) throws {
    try model.train(
      on: samples, plan: TrainingPlan(epochs: epochs, batchSize: batch, seed: 1),
      optimizer: &optimizer, loss: { $0.crossEntropy($1) }, onEpoch: { _, _ in })
  }
}
