import FoundationEssentials
import Learning
import Tensors
import Testing

/// Memory of a training is taken in its first epoch and used again in every later one.
@Suite struct MemoryTests {
  @Test func `ten epochs need no more memory than the first`() async {
    // In a process of its own: the other tests' memory is not in the way.
    await #expect(processExitsWith: .success) {
      let model = try Model(.lenet, inputShape: [1, 28, 28], classes: 10, seed: 1)
      let samples = Samples.random(1000, shape: [1, 28, 28], classes: 10)
      var optimizer = Optimizer(
        SGD(momentum: 0.9), groups: [ParameterGroup(model.parameters, rate: 1e-3)])
      var sizes: [Int] = []
      try model.train(
        on: samples, plan: TrainingPlan(epochs: 10, batchSize: 64, seed: 1),
        optimizer: &optimizer, loss: { $0.crossEntropy($1) },
        onEpoch: { _, _ in
          _ = model.evaluate(on: samples)
          sizes.append(try residentPages())
        })
      #expect(Double(sizes[9]) < 1.01 * Double(sizes[0]), "pages after each epoch: \(sizes)")
    }
  }
}

/// The process' memory, in pages.
private func residentPages() throws -> Int {
  let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    .split(separator: " ")
  return Int(fields[1]) ?? 0
}
