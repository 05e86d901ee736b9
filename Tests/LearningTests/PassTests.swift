import Learning
import Tensors
import Testing

/// What a pass in training does that one in evaluation does not.
@Suite struct PassTests {
  private static let views = ModelDescription.fusion(
    Fusion(views: [3, 5], hidden: 8, combination: .product(rank: 3)))

  private func mode(
    seed: UInt64 = 1, epoch: Int = 1, step: Int = 1, first: Int = 0,
    _ statistics: TrainingPass.Statistics = .moving
  ) -> PassMode {
    .training(
      TrainingPass(
        seed: seed, epoch: epoch, step: step, firstSample: first, statistics: statistics))
  }

  @Test func `running statistics move by a tenth of the batch's`() throws {
    let model = try Model(.resnet18, inputShape: [3, 8, 8], classes: 4, seed: 1)
    let batch = Samples.random(4, shape: [3, 8, 8], classes: 4)
    let first = try #require(model.parameters.first?.tensor.detached())
    let maps = batch.inputs.conv2d(weight: first, padding: 1)
    _ = model.logits(batch.inputs, mode: mode())

    let running = try #require(model.statistics.first)
    #expect(running.name == "bn1" && running.batches == 1)
    for channel in 0..<64 {
      let values = maps.sliced(axis: 1, channel..<channel + 1).values.map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      let variance =
        values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
      #expect(abs(Double(running.mean.values[channel]) - 0.1 * mean) < 1e-6)
      #expect(abs(Double(running.variance.values[channel]) - (0.9 + 0.1 * variance)) < 1e-5)
    }
  }

  @Test func `only moving statistics change the model`() throws {
    let model = try Model(.resnet18, inputShape: [1, 8, 8], classes: 4, seed: 1)
    let batch = Samples.random(4, shape: [1, 8, 8], classes: 4)
    let start = model.fingerprint
    let evaluated = model.logits(batch.inputs).values
    let still = model.logits(batch.inputs, mode: mode(.still)).values
    #expect(model.logits(batch.inputs, mode: mode(.running)).values == evaluated)
    #expect(still != evaluated)
    #expect(model.fingerprint == start)
    #expect(model.logits(batch.inputs, mode: mode(.moving)).values == still)
    #expect(model.fingerprint != start)
    #expect(model.logits(batch.inputs).values != evaluated)
  }

  @Test func `in evaluation a sample's logits are its own`() throws {
    let model = try Model(.cnn9, inputShape: [1, 28, 28], classes: 3, seed: 1)
    let batch = Samples.random(3, shape: [1, 28, 28], classes: 3)
    _ = model.logits(batch.inputs, mode: mode())
    let all = model.logits(batch.inputs)
    let one = model.logits(batch.inputs.sliced(axis: 0, 2..<3))
    #expect(one.values == Array(all.values.suffix(3)))
  }

  @Test func `running statistics are kept with the weights`() throws {
    let model = try Model(.resnet18, inputShape: [3, 8, 8], classes: 4, seed: 1)
    let batch = Samples.random(4, shape: [3, 8, 8], classes: 4)
    for step in 1...3 { _ = model.logits(batch.inputs, mode: mode(step: step)) }
    let copy = try Model(Safetensors.read(model.safetensors.bytes, path: "memory"))
    #expect(copy.fingerprint == model.fingerprint)
    #expect(copy.statistics.map(\.batches) == Array(repeating: 3, count: 20))
    #expect(copy.logits(batch.inputs).values == model.logits(batch.inputs).values)

    var file = model.safetensors
    file.entries.removeAll { $0.name == "layer1.0.bn2.num_batches_tracked" }
    #expect(
      throws: ModelError.missingParameter("layer1.0.bn2.num_batches_tracked", .resnet18)
    ) { try Model(file) }
    file.entries.append(.init("layer1.0.bn2.num_batches_tracked", .floats([3], shape: [])))
    #expect(throws: ModelError.noInteger("layer1.0.bn2.num_batches_tracked")) { try Model(file) }
  }

  @Test func `dropout is a function of seed, epoch, step and the place in the batch`() throws {
    let model = try Model(Self.views, inputShape: [8], classes: 3, seed: 1)
    let batch = Samples.random(6, shape: [8], classes: 3).inputs
    func logits(_ mode: PassMode) -> [Float] { model.logits(batch, mode: mode).values }
    let start = logits(mode())
    #expect(logits(mode()) == start)
    #expect(logits(mode(seed: 2)) != start)
    #expect(logits(mode(epoch: 2)) != start)
    #expect(logits(mode(step: 2)) != start)
    #expect(logits(.evaluation) != start)
    let later = model.logits(batch.sliced(axis: 0, 4..<6), mode: mode(first: 4)).values
    #expect(later == Array(start.suffix(6)))
  }

  @Test(arguments: [Fusion.Combination.sum, .concatenation, .product(rank: 3)])
  func `views are encoded apart and fused`(combination: Fusion.Combination) throws {
    let description = ModelDescription.fusion(
      Fusion(views: [3, 5], hidden: 8, combination: combination))
    let model = try Model(description, inputShape: [8], classes: 4, seed: 1)
    let x = Samples.random(2, shape: [8], classes: 4).inputs
    let p = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.tensor) })
    func linear(_ name: String, _ x: Tensor) throws -> Tensor {
      let weight = try #require(p["\(name).weight"])
      let bias = try #require(p["\(name).bias"])
      return x.linear(weight: weight, bias: bias)
    }
    let h = [
      try linear("encoder.0", x.sliced(axis: 1, 0..<3)).relu(),
      try linear("encoder.1", x.sliced(axis: 1, 3..<8)).relu(),
    ]
    let fused: Tensor
    switch combination {
    case .sum: fused = h[0] + h[1]
    case .concatenation: fused = Tensor.concatenated(h, axis: 1)
    case .product:
      let terms = try (0..<3).map { rank in
        let factors = try h.enumerated().map { view, h in
          let all = try linear("fusion.\(view)", h)
          return all.sliced(axis: 1, rank * 8..<(rank + 1) * 8)
        }
        return factors[0] * factors[1]
      }
      fused = terms[0] + terms[1] + terms[2]
    }
    #expect(model.logits(x).values == (try linear("classifier", fused)).values)
  }

  /// The derivative of a probe's loss through one step, by the weight of each sample in the step's loss.
  @Test(arguments: [views, .mlp(hidden: [6])])
  func `weights that stand in can be differentiated through`(
    description: ModelDescription
  ) throws {
    let model = try Model(description, inputShape: [8], classes: 3, seed: 1)
    let batch = Samples.random(5, shape: [8], classes: 3)
    let probe = Samples.random(7, shape: [8], classes: 3)
    let own = model.parameters.map(\.tensor)

    func probeLoss(_ sampleWeights: Tensor, createGraph: Bool) -> Tensor {
      let losses =
        -(model.logits(batch.inputs, mode: mode(.still)).logSoftmax()
        * Tensor.oneHot(batch.labels, classes: 3)).sum(axes: [1])
      let gradients = Tensor.gradients(
        of: (losses * sampleWeights).sum(), with: own, createGraph: createGraph)
      let moved = zip(own, gradients).map { weight, gradient in
        gradient.map { weight - $0 * 0.5 } ?? weight
      }
      return model.logits(probe.inputs, weights: moved).crossEntropy(probe.labels)
    }
    let start = Tensor(shape: [5], values: [0.1, 0.2, 0.3, 0.2, 0.2], requiresGradient: true)
    let slope = try #require(
      Tensor.gradients(of: probeLoss(start, createGraph: true), with: [start])[0])
    for sample in 0..<5 {
      func loss(_ change: Float) -> Double {
        var values = start.values
        values[sample] += change
        return Double(probeLoss(Tensor(shape: [5], values: values), createGraph: false).item)
      }
      let difference = (loss(0.02) - loss(-0.02)) / 0.04
      #expect(abs(Double(slope.values[sample]) - difference) < 1e-3, "sample \(sample)")
    }
  }
}
