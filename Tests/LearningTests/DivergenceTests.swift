import Learning
import Tensors
import Testing

@Suite struct DivergenceTests {
  /// The variance of what a batch norm layer sees overflows, and its result is β: the loss stays finite.
  @Test func `running statistics that overflow end the training`() throws {
    let samples = Samples.random(8, shape: [1, 8, 8], classes: 10)
    let model = try Model(.resnet18, inputShape: [1, 8, 8], classes: 10, seed: 1)
    model.parameters[0].tensor.withUnsafeMutableValues { for i in $0.indices { $0[i] *= 1e25 } }
    var optimizer = Optimizer(SGD(), groups: [ParameterGroup(model.parameters, rate: 1e-3)])
    let expected = TrainingError.diverged(epoch: 1, step: 1, what: "'bn1.running_var'")
    #expect(throws: expected) {
      try model.train(
        on: samples, plan: TrainingPlan(epochs: 1, batchSize: 8, seed: 1), optimizer: &optimizer,
        loss: { $0.crossEntropy($1) }, onEpoch: { _, _ in })
    }
  }
}
