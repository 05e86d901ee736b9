import Learning
import Tensors
import Testing

@Suite struct TrainingTests {
  private let crossEntropy: Loss = { $0.crossEntropy($1) }

  private func optimizer(_ model: Model, rate: Double = 0.1, momentum: Double = 0.9) -> Optimizer {
    Optimizer(
      SGD(momentum: momentum), groups: [ParameterGroup(model.parameters, rate: rate)])
  }

  @Test func `a perceptron learns to read digits`() throws {
    let digits = try Digits()
    let model = try Model(.mlp(hidden: [64]), inputShape: [1, 8, 8], classes: 10, seed: 1)
    var optimizer = optimizer(model)
    var results: [EpochResult] = []
    try model.train(
      on: digits.train, plan: TrainingPlan(epochs: 10, batchSize: 32, seed: 1),
      optimizer: &optimizer, loss: crossEntropy
    ) { result, _ in results.append(result) }
    let test = model.evaluate(on: digits.test, loss: crossEntropy)
    #expect(test.accuracy > 0.93)
    #expect(try #require(test.loss) < 0.3)
    #expect(results.map(\.epoch) == Array(1...10))
    #expect(try #require(results.last).accuracy > 0.98)
    #expect(try #require(results.last).loss < results[0].loss / 4)
  }

  @Test func `a LeNet learns to tell stripes`() throws {
    // Class 0 has bright rows, class 1 bright columns, under noise.
    let noise = Samples.random(200, shape: [1, 16, 16], classes: 2)
    let values = noise.inputs.values.enumerated().map { index, value in
      let (sample, row, column) = (index / 256, index / 16 % 16, index % 16)
      let stripe = noise.labels[sample] == 0 ? row : column
      return value + (stripe % 4 < 2 ? 1 : -1)
    }
    let samples = Samples(
      inputs: Tensor(shape: noise.inputs.shape, values: values), labels: noise.labels)
    let model = try Model(.lenet, inputShape: [1, 16, 16], classes: 2, seed: 1)
    var optimizer = Optimizer(Adam(), groups: [ParameterGroup(model.parameters, rate: 2e-3)])
    try model.train(
      on: samples, plan: TrainingPlan(epochs: 6, batchSize: 20, seed: 1), optimizer: &optimizer,
      loss: crossEntropy, onEpoch: { _, _ in })
    #expect(model.evaluate(on: samples).accuracy == 1)
  }

  /// Trains on 50 samples and gives the fingerprint, calling back with each batch.
  private func shortTraining(
    epochs: Int, batchSize: Int = 16, dropLast: Bool = false, seed: UInt64 = 1,
    _ onStep: (TrainingPosition) throws -> Void = { _ in }
  ) throws -> String {
    let samples = Samples.random(50, shape: [1, 4, 4], classes: 3)
    let model = try Model(.mlp(hidden: [8]), inputShape: [1, 4, 4], classes: 3, seed: 1)
    var optimizer = optimizer(model)
    try model.train(
      on: samples,
      plan: TrainingPlan(epochs: epochs, batchSize: batchSize, dropLast: dropLast, seed: seed),
      optimizer: &optimizer, loss: crossEntropy,
      onStep: { position, _ in try onStep(position) }, onEpoch: { _, _ in })
    return model.fingerprint
  }

  @Test func `reports the steps done, with and without the last batch`() throws {
    var done: [[Int]] = []
    _ = try shortTraining(epochs: 2) { done.append([$0.epoch, $0.step]) }
    #expect(done == [[1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2], [2, 3], [2, 4]])
    done = []
    _ = try shortTraining(epochs: 1, dropLast: true) { done.append([$0.epoch, $0.step]) }
    #expect(done == [[1, 1], [1, 2], [1, 3]])
  }

  @Test func `the result depends on the seed and nothing else`() throws {
    #expect(try shortTraining(epochs: 2) == shortTraining(epochs: 2))
    #expect(try shortTraining(epochs: 2) != shortTraining(epochs: 2, seed: 2))
  }

  @Test func `a training that goes on from a kept state ends in the same bits`() throws {
    let samples = Samples.random(50, shape: [1, 4, 4], classes: 3)
    let rules: [any UpdateRule] = [
      SGD(momentum: 0.9, nesterov: true), Adam(), Adam(isDecoupled: true), LAMB(),
    ]
    for rule in rules {
      func optimizer(_ model: Model) -> Optimizer {
        Optimizer(
          rule,
          groups: [ParameterRule(.vectors, isAdapted: false)]
            .groups(of: model.parameters, rate: 0.01, weightDecay: 1e-3),
          schedule: Schedule(.cosine(end: 4), warmUp: 1, isPerStep: true), clipping: .norm(1),
          averageDecay: .ramped(0.99))
      }
      func plan(from start: TrainingPosition) -> TrainingPlan {
        TrainingPlan(
          epochs: 4, batchSize: 16, seed: 1, start: start, microBatch: 5,
          augmentation: Augmentation(crop: RandomCrop(padding: 1), flip: HorizontalFlip()),
          mixup: Mixup(alpha: 0.5))
      }
      let whole = try Model(.mlp(hidden: [8]), inputShape: [1, 4, 4], classes: 3, seed: 1)
      var first = optimizer(whole)
      var kept: [(TrainingPosition, Model, OptimizerState)] = []
      var results: [EpochResult] = []
      try whole.train(
        on: samples, plan: plan(from: TrainingPosition()), optimizer: &first, loss: crossEntropy,
        onStep: { position, optimizer in
          kept.append((position, try Model(whole.safetensors), optimizer.state))
        }, onEpoch: { result, _ in results.append(result) })
      // After each of its 16 steps, so also between epochs.
      #expect(kept.count == 16)
      for (position, half, state) in kept {
        // The average starts at the weights of its own optimiser, until the state is set.
        var second = optimizer(half)
        second.state = state
        var rest: [EpochResult] = []
        try half.train(
          on: samples, plan: plan(from: position), optimizer: &second, loss: crossEntropy,
          onEpoch: { result, _ in rest.append(result) })
        #expect(half.fingerprint == whole.fingerprint)
        #expect(rest == Array(results.suffix(rest.count)))
        #expect(rest.count == 5 - position.epoch)
        let averages = [first, second].map { Tensor.fingerprint(of: $0.average?.tensors ?? []) }
        #expect(averages[0] == averages[1])
      }
    }
  }

  @Test func `parts of a batch add up to the batch`() throws {
    let samples = Samples.random(50, shape: [1, 4, 4], classes: 3)
    func trained(_ microBatch: Int?) throws -> ([Float], EpochResult?) {
      let model = try Model(.mlp(hidden: [8]), inputShape: [1, 4, 4], classes: 3, seed: 1)
      var optimizer = optimizer(model)
      var last: EpochResult?
      try model.train(
        on: samples, plan: TrainingPlan(epochs: 3, batchSize: 16, seed: 1, microBatch: microBatch),
        optimizer: &optimizer, loss: crossEntropy
      ) { result, _ in last = result }
      return (model.parameters.flatMap(\.tensor.values), last)
    }
    let (whole, result) = try trained(nil)
    #expect(try trained(16).0 == whole)
    for size in [1, 5, 8] {
      let (parts, partResult) = try trained(size)
      #expect(zip(parts, whole).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(abs((partResult?.loss ?? 0) - (result?.loss ?? 1)) < 1e-5)
      #expect(partResult?.correct == result?.correct)
    }
  }

  @Test func `a loss may have parameters of its own`() throws {
    let samples = Samples.random(50, shape: [1, 4, 4], classes: 3)
    let model = try Model(.mlp(hidden: []), inputShape: [1, 4, 4], classes: 3, seed: 1)
    let shift = Tensor.zeros([3], requiresGradient: true)
    var optimizer = Optimizer(
      SGD(),
      groups: [
        ParameterGroup(model.parameters, rate: 0.1),
        ParameterGroup([Parameter(name: "shift", tensor: shift)], rate: 0.5),
      ])
    try model.train(
      on: samples, plan: TrainingPlan(epochs: 1, batchSize: 50, seed: 1), optimizer: &optimizer,
      loss: { ($0 + shift).crossEntropy($1) }, scores: { $0 + shift }, onEpoch: { _, _ in })
    #expect(shift.values.allSatisfy { $0 != 0 })
  }

  @Test func `stops where a value is no longer finite, and says where`() throws {
    let samples = Samples.random(50, shape: [1, 4, 4], classes: 3)
    let model = try Model(.mlp(hidden: [8]), inputShape: [1, 4, 4], classes: 3, seed: 1)
    func error(rate: Double, loss: @escaping Loss) -> TrainingError? {
      var optimizer = optimizer(model, rate: rate)
      do {
        try model.train(
          on: samples, plan: TrainingPlan(epochs: 3, batchSize: 16, seed: 1),
          optimizer: &optimizer, loss: loss, onEpoch: { _, _ in })
        return nil
      } catch { return error as? TrainingError }
    }
    let steps = Counter()
    let bad = error(rate: 0) { logits, labels in
      steps.value += 1
      return logits.crossEntropy(labels) * (steps.value == 6 ? .nan : 1)
    }
    #expect(bad == .diverged(epoch: 2, step: 2, what: "the loss"))
    let exploded = error(rate: 1e38) { ($0 * 1e6).crossEntropy($1) }
    #expect(exploded == .diverged(epoch: 1, step: 1, what: "'fc1.weight'"))
    #expect(
      exploded?.errorDescription
        == "diverged in epoch 1, step 1: 'fc1.weight' is no longer finite")
  }

  @Test func `names the first value of a step that is bad`() throws {
    func diverged(
      _ change: (Model) -> Void = { _ in }, inputs: Float = 1,
      clipping: GradientClipping? = nil, loss: @escaping Loss = { $0.crossEntropy($1) }
    ) throws -> String? {
      let samples = Samples.random(16, shape: [1, 4, 4], classes: 3)
      let model = try Model(.mlp(hidden: [8]), inputShape: [1, 4, 4], classes: 3, seed: 1)
      change(model)
      var optimizer = Optimizer(
        SGD(), groups: [ParameterGroup(model.parameters, rate: 0.1)], clipping: clipping)
      do {
        try model.train(
          on: Samples(inputs: samples.inputs * inputs, labels: samples.labels),
          plan: TrainingPlan(epochs: 1, batchSize: 16, seed: 1), optimizer: &optimizer, loss: loss,
          onEpoch: { _, _ in })
        return nil
      } catch TrainingError.diverged(_, _, let what) { return what }
    }
    func set(_ index: Int, _ value: Float) -> (Model) -> Void {
      { $0.parameters[index].tensor.withUnsafeMutableValues { $0[0] = value } }
    }
    #expect(try diverged() == nil)
    #expect(try diverged(inputs: .nan) == "the inputs")
    #expect(try diverged(set(2, .infinity)) == "'fc2.weight'")
    #expect(try diverged(set(2, 3e38), inputs: 1e3) == "the result of 'fc2' (linear)")
    #expect(try diverged(clipping: .norm(1)) { 1e25 * $0.crossEntropy($1) } == "'fc1.weight'")
    // The loss is finite, its derivative by the logits is not.
    let steep: Loss = { logits, labels in
      logits.crossEntropy(labels) + ((logits - logits.detached()) * 1e30 * 1e30).sum()
    }
    for clipping in [nil, GradientClipping.value(1), .norm(1)] {
      #expect(
        try diverged(clipping: clipping, loss: steep) == "the gradient of 'fc1.weight'")
    }
  }

  private final class Counter { var value = 0 }

  @Test func `refuses to train on nothing`() throws {
    let model = try Model(.mlp(hidden: []), inputShape: [2], classes: 3, seed: 1)
    func train(_ count: Int) throws {
      var optimizer = optimizer(model)
      try model.train(
        on: Samples.random(count, shape: [2], classes: 3),
        plan: TrainingPlan(epochs: 1, batchSize: 16, dropLast: true, seed: 1),
        optimizer: &optimizer, loss: crossEntropy, onEpoch: { _, _ in })
    }
    #expect(throws: TrainingError.noSamples) { try train(0) }
    #expect(throws: TrainingError.noWholeBatch(samples: 15, batchSize: 16)) { try train(15) }
  }

  @Test func `logits do not depend on how samples are batched`() throws {
    let samples = Samples.random(600, shape: [1, 12, 12], classes: 3)
    let model = try Model(.lenet, inputShape: [1, 12, 12], classes: 3, seed: 1)
    let all = model.allLogits(samples.inputs)
    let one = model.frozen().logits(samples.inputs.selectingRows([599]))
    #expect(all.shape == [600, 3])
    #expect(one.values == Array(all.values.suffix(3)))
    #expect(!all.requiresGradient)
    let empty = model.evaluate(on: .random(0, shape: [1, 12, 12], classes: 3), loss: crossEntropy)
    #expect(empty.count == 0 && empty.accuracy == 0 && empty.loss == nil)
  }

  @Test func `predictions are read from the scores asked for`() throws {
    let samples = Samples.random(60, shape: [2], classes: 3)
    let model = try Model(.mlp(hidden: []), inputShape: [2], classes: 3, seed: 1)
    let always2 = model.evaluate(
      on: samples, scores: { $0 * 0 + Tensor(shape: [3], values: [0, 0, 1]) })
    #expect(always2.correct == samples.labels.count { $0 == 2 })
    #expect(always2.loss == nil)
  }
}
