import Learning
import Tensors
import Testing

@Suite struct BatchNormPolicyTests {
  /// What of batch norm an epoch of further training moves.
  @Test(arguments: BatchNormPolicy.allCases)
  func `scale, shift and running statistics move where the policy says so`(
    policy: BatchNormPolicy
  ) throws {
    let samples = Samples.random(8, shape: [1, 8, 8], classes: 10)
    let whole = try Model(.resnet18, inputShape: [1, 8, 8], classes: 10, seed: 1)
    let rules = policy.rules(for: whole.parameters)
    let model = whole.freezing { rules.freezes($0) }
    let before = model.state.map { ($0.name, $0.tensor.values) }
    var optimizer = Optimizer(
      SGD(), groups: rules.groups(of: model.parameters, rate: 0.1, weightDecay: 0))
    try model.train(
      on: samples,
      plan: TrainingPlan(epochs: 1, batchSize: 4, seed: 1, batchNorm: policy),
      optimizer: &optimizer, loss: { $0.crossEntropy($1) }, onEpoch: { _, _ in })

    let layers = BatchNormPolicy.layers(among: whole.parameters)
    #expect(layers.count == 20)
    for ((name, old), now) in zip(before, model.state) {
      let layer = name.split(separator: ".").dropLast().joined(separator: ".")
      let moves =
        if !layers.contains(layer) {
          true
        } else if name.hasSuffix("weight") || name.hasSuffix("bias") {
          policy == .trainable || policy == .asOthers
        } else {
          policy != .frozen
        }
      #expect((old != now.tensor.values) == moves, "\(name)")
    }
  }
}
