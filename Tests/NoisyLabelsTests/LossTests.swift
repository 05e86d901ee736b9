import NoisyLabels
import Tensors
import Testing

@Suite struct LossTests {
  struct Golden: Decodable {
    let correction: Case
    enum CodingKeys: String, CodingKey { case correction = "loss.correction" }
  }

  struct Case: Decodable {
    let input: Input
    let output: Output
  }

  struct Input: Decodable {
    let logits: [[Double]]
    let labels: [Int32]
    let t: [[Double]]
    let deltaT: [[Double]]
  }

  struct Output: Decodable {
    let ce: Double, ceGrad: [[Double]]
    let forward: Double, forwardGrad: [[Double]]
    let backward: Double, backwardGrad: [[Double]], backwardPerSample: [Double]
    let reweight: Double, reweightGradConstBeta: [[Double]]
    let revision: Double, revisionGradLogits: [[Double]], revisionGradDelta: [[Double]]
    let legacyAccumulating: Double, legacyGradDelta: [[Double]]
    let legacyGradDeltaAtZero: [[Double]], revisionGradDeltaAtZero: [[Double]]
  }

  let input: Input
  let expected: Output
  let transition: TransitionMatrix

  init() throws {
    let correction = try golden("golden.json", as: Golden.self).correction
    input = correction.input
    expected = correction.output
    transition = try TransitionMatrix(input.t)
  }

  func logits() -> Tensor { tensor(input.logits) }

  func tensor(_ rows: [[Double]]) -> Tensor {
    Tensor(
      shape: [rows.count, rows[0].count], values: rows.flatMap(\.self).map { Float($0) },
      requiresGradient: true)
  }

  /// Whether a loss and one gradient of it are those of the golden file, in single precision.
  func expect(
    _ loss: Tensor, _ value: Double, _ variable: Tensor, _ gradient: [[Double]],
    at place: SourceLocation = #_sourceLocation
  ) throws {
    #expect(isClose([Double(loss.item)], [value], within: 2e-5), sourceLocation: place)
    loss.backward()
    let found = try #require(variable.gradient, sourceLocation: place).values.map { Double($0) }
    #expect(isClose(found, gradient.flatMap(\.self), within: 2e-5), sourceLocation: place)
  }

  @Test func `cross-entropy has the golden value and gradient`() throws {
    let logits = logits()
    let loss = try CorrectedLoss.crossEntropy.function(transition: transition)
    try expect(loss(logits, input.labels), expected.ce, logits, expected.ceGrad)
  }

  @Test func `forward has the golden value and gradient`() throws {
    let logits = logits()
    let loss = try CorrectedLoss.forward.function(transition: transition)
    try expect(loss(logits, input.labels), expected.forward, logits, expected.forwardGrad)
  }

  @Test func `backward has the golden value and gradient, sample by sample too`() throws {
    let logits = logits()
    let loss = try CorrectedLoss.backward.function(transition: transition)
    try expect(loss(logits, input.labels), expected.backward, logits, expected.backwardGrad)
    for (b, value) in expected.backwardPerSample.enumerated() {
      let one = Tensor(shape: [1, 3], values: input.logits[b].map { Float($0) })
      #expect(abs(Double(loss(one, [input.labels[b]]).item) - value) < 2e-5)
    }
  }

  @Test func `reweight has the golden value, and its gradient treats the weights as constants`()
    throws
  {
    let logits = logits()
    let loss = try CorrectedLoss.reweight.function(transition: transition)
    try expect(
      loss(logits, input.labels), expected.reweight, logits, expected.reweightGradConstBeta)
  }

  @Test func `revision has the golden value and gradients of logits and correction`() throws {
    let (logits, delta) = (logits(), tensor(input.deltaT))
    let loss = revisionLoss(
      logits: logits, labels: input.labels, transition: transition.tensor(), correction: delta)
    try expect(loss, expected.revision, logits, expected.revisionGradLogits)
    let found = try #require(delta.gradient).values.map { Double($0) }
    #expect(isClose(found, expected.revisionGradDelta.flatMap(\.self), within: 2e-5))
    #expect(found.allSatisfy { $0 < 0 })
  }

  @Test func `legacy revision adds the correction once more for each sample`() throws {
    let delta = tensor(input.deltaT)
    let loss = revisionLoss(
      logits: logits(), labels: input.labels, transition: transition.tensor(), correction: delta,
      legacy: true)
    try expect(loss, expected.legacyAccumulating, delta, expected.legacyGradDelta)
  }

  @Test(arguments: [false, true])
  func `a correction of zero has a gradient and leaves the reweighted value`(legacy: Bool) throws {
    let delta = Tensor.zeros([3, 3], requiresGradient: true)
    let loss = revisionLoss(
      logits: logits(), labels: input.labels, transition: transition.tensor(), correction: delta,
      legacy: legacy)
    try expect(
      loss, expected.reweight, delta,
      legacy ? expected.legacyGradDeltaAtZero : expected.revisionGradDeltaAtZero)
  }

  @Test func `forward also hands a gradient to the matrix`() throws {
    let matrix = transition.tensor(requiresGradient: true)
    forwardCorrectedLoss(logits: logits(), labels: input.labels, transition: matrix).backward()
    let gradient = try #require(matrix.gradient).values
    let base = input.t
    for k in 0..<9 {
      var (up, down) = (base, base)
      up[k / 3][k % 3] += 1e-2
      down[k / 3][k % 3] -= 1e-2
      let slope = try (forward(up) - forward(down)) / 2e-2
      #expect(abs(Double(gradient[k]) - slope) < 2e-3)
    }
  }

  func forward(_ rows: [[Double]]) throws -> Double {
    let matrix = try TransitionMatrix(rows).tensor()
    return Double(
      forwardCorrectedLoss(logits: logits(), labels: input.labels, transition: matrix).item)
  }

  @Test(arguments: [Float(0), 1, 50, 200, 1000])
  func `forward and reweight stay finite where the matrix has zeros`(z: Float) throws {
    let pair = try NoiseModel.pair(rate: 0.4).transition(classes: 4).tensor()
    // All the weight on class 1, whose samples are never labelled 0.
    for labels in [[0], [3]] as [[Int32]] {
      let logits = Tensor(shape: [1, 4], values: [0, z, -1, -z], requiresGradient: true)
      let forward = forwardCorrectedLoss(logits: logits, labels: labels, transition: pair)
      #expect(forward.item.isFinite)
      forward.backward()
      #expect(logits.gradient?.values.allSatisfy(\.isFinite) == true)
      // The true label's own logit is always pulled up, however unlikely it is.
      #expect((logits.gradient?.values[1] ?? 0) > 0)
      #expect(reweightedLoss(logits: logits, labels: labels, transition: pair).item.isFinite)
    }
  }

  @Test func `all losses are cross-entropy when there is no noise`() throws {
    let expected = logits().crossEntropy(input.labels).item
    for loss in CorrectedLoss.allCases where loss != .dmi {
      let function = try loss.function(transition: .identity(classes: 3))
      #expect(abs(function(logits(), input.labels).item - expected) < 1e-6)
    }
  }

  @Test func `revision copes with a correction that makes the noisy probability negative`() {
    let delta = Tensor(shape: [2, 2], values: [-2, 0, 0, 0], requiresGradient: true)
    let logits = Tensor(shape: [1, 2], values: [1, 0], requiresGradient: true)
    let identity = TransitionMatrix.identity(classes: 2).tensor()
    let loss = revisionLoss(logits: logits, labels: [0], transition: identity, correction: delta)
    // s = -p, so β = -1.
    #expect(abs(loss.item + logits.crossEntropy([0]).item) < 1e-6)
    loss.backward()
    #expect(delta.gradient?.values.allSatisfy(\.isFinite) == true)
  }

  @Test func `the noisy posterior is the clean one through the matrix`() {
    let noisy = noisyPosterior(logits: logits(), transition: transition.tensor())
    let clean = logits().softmax().values
    for b in 0..<4 {
      for j in 0..<3 {
        let expected = (0..<3).reduce(0) { $0 + Double(clean[3 * b + $1]) * transition[$1, j] }
        #expect(abs(Double(noisy.values[3 * b + j]) - expected) < 1e-6)
      }
    }
  }

  @Test func `only backward needs an inverse`() throws {
    let uniform = try TransitionMatrix([[0.5, 0.5], [0.5, 0.5]])
    for loss in CorrectedLoss.allCases where loss != .backward {
      _ = try loss.function(transition: uniform)
    }
    #expect(throws: TransitionError.singular) {
      _ = try CorrectedLoss.backward.function(transition: uniform)
    }
  }
}
