import Learning
import Tensors
import Testing

/// The update rules beyond plain SGD and Adam, against values computed elsewhere.
@Suite struct UpdateRuleTests {
  private func parameter(_ name: String, _ shape: [Int], _ values: [Float]) -> Parameter {
    Parameter(
      name: name, tensor: Tensor(shape: shape, values: values, requiresGradient: true))
  }

  private func isNear(_ found: [Float], _ expected: [Double], _ bound: Double = 2e-6) -> Bool {
    zip(found, expected).allSatisfy { abs(Double($0) - $1) <= bound }
  }

  /// 20 steps with the gradient `w - 1`.
  private func trained(_ rule: any UpdateRule, rate: Double, decay: Double) -> [Float] {
    let w = parameter("w", [5], [0.5, -1.25, 2, 0.125, -0.75])
    var optimizer = Optimizer(
      rule, groups: [ParameterGroup([w], rate: rate, weightDecay: decay)])
    for _ in 0..<20 {
      optimizer.clearGradients()
      ((w.tensor - 1) * (w.tensor - 1) * 0.5).sum().backward()
      optimizer.step(epoch: 0)
    }
    return w.tensor.values
  }

  @Test func `Nesterov's momentum is PyTorch's`() {
    #expect(
      isNear(
        trained(SGD(momentum: 0.9, nesterov: true), rate: 0.05, decay: 0.01),
        [1.02126777397, 1.13256230022, 0.925872465759, 1.04511660102, 1.10076386415]))
  }

  @Test func `decoupled decay is PyTorch's AdamW`() {
    #expect(
      isNear(
        trained(Adam(isDecoupled: true), rate: 0.02, decay: 0.1),
        [0.844845629646, -0.813655228786, 1.54390907017, 0.498888324366, -0.334646775148]))
  }

  @Test func `LAMB is the common implementation`() {
    let matrix = parameter("matrix", [2, 2], [0.596, -0.054, -1.641, 1.171])
    let bias = parameter("bias", [3], [0.775, -0.241, -0.26])
    let rules = [ParameterRule(.vectors, weightDecay: 0, isAdapted: false)]
    var optimizer = Optimizer(
      LAMB(), groups: rules.groups(of: [matrix, bias], rate: 0.01, weightDecay: 0.01),
      clipping: .norm(1))
    let steps: [([Float], [Float], [Double], [Double])] = [
      (
        [0.693, -2.061, -4.044, 0.969], [-4.317, 1.173, -4.323],
        [0.585513751681, -0.043570173245, -1.63040472128, 1.16045377893],
        [0.78499998195, -0.250999933569, -0.250000018025]
      ),
      (
        [-0.297, -0.408, 5.349, -3.192], [-4.245, -1.938, -3.372],
        [0.578095163313, -0.0271031494929, -1.63314442496, 1.17051635431],
        [0.794959755557, -0.248478066661, -0.24022035565]
      ),
    ]
    for (first, second, weights, biases) in steps {
      optimizer.clearGradients()
      matrix.tensor.accumulateGradient(Tensor(shape: [2, 2], values: first))
      bias.tensor.accumulateGradient(Tensor(shape: [3], values: second))
      optimizer.step(epoch: 0)
      #expect(isNear(matrix.tensor.values, weights))
      #expect(isNear(bias.tensor.values, biases))
    }
  }

  @Test func `LAMB moves weights of length zero, too`() {
    let w = parameter("w", [2], [0, 0])
    var optimizer = Optimizer(LAMB(), groups: [ParameterGroup([w], rate: 0.5)])
    (w.tensor * Tensor(shape: [2], values: [3, -2])).sum().backward()
    optimizer.step(epoch: 0)
    #expect(isNear(w.tensor.values, [-0.5, 0.5]))
  }

  @Test func `clips all gradients together by their norm, or each element`() {
    func stepped(_ clipping: GradientClipping) -> [Float] {
      let a = parameter("a", [1], [0])
      let b = parameter("b", [1], [0])
      var optimizer = Optimizer(
        SGD(), groups: [ParameterGroup([a, b], rate: 1)], clipping: clipping)
      (a.tensor * 6 + b.tensor * -8).sum().backward()
      optimizer.step(epoch: 0)
      return a.tensor.values + b.tensor.values
    }
    #expect(isNear(stepped(.norm(5)), [-3, 4]))
    #expect(stepped(.norm(10.1)) == [-6, 8])
    #expect(stepped(.value(7)) == [-6, 7])
  }

  @Test func `averages weights with a decay that rises`() {
    let w = parameter("w", [1], [1])
    var optimizer = Optimizer(
      SGD(), groups: [ParameterGroup([w], rate: 1)], averageDecay: .ramped(0.999))
    var (weight, average) = (1.0, 1.0)
    for step in 1...30 {
      optimizer.clearGradients()
      (w.tensor * Float(step % 3 - 1)).sum().backward()
      optimizer.step(epoch: 0)
      weight -= Double(step % 3 - 1)
      let decay = min(0.999, Double(1 + step) / Double(10 + step))
      average = decay * average + (1 - decay) * weight
    }
    let found = optimizer.average?.tensors[0].values ?? []
    #expect(isNear(found, [average]))
    #expect(w.tensor.values == [Float(weight)])
    #expect(optimizer.average?.applied { w.tensor.values } == found)
    #expect(w.tensor.values == [Float(weight)])
    let ramp = ExponentialAverage.Decay.ramped(0.999)
    #expect([0, 10, 10_000].map(ramp.value(steps:)) == [0.1, 0.55, 0.999])
  }

  @Test func `names select parameters, and the first rule counts`() throws {
    let parameters = [
      parameter("conv1.weight", [1, 1], [1]), parameter("conv1.bias", [1], [1]),
      parameter("fc.weight", [1, 1], [1]), parameter("fc.bias", [1], [1]),
    ]
    let rules = try ["conv1.w* frozen", "vectors decay=0 plain", "fc.* rate=10"].map {
      try #require(ParameterRule(parsing: $0))
    }
    let groups = rules.groups(of: parameters, rate: 0.5, weightDecay: 1e-4)
    #expect(
      groups.map { $0.parameters.map(\.name) } == [["conv1.bias", "fc.bias"], ["fc.weight"]])
    #expect(groups.map(\.rate) == [0.5, 5])
    #expect(groups.map(\.weightDecay) == [0, 1e-4])
    #expect(groups.map(\.isAdapted) == [false, true])
    #expect(parameters.map(rules.freezes) == [true, false, false, false])
    #expect(rules.map { ParameterRule(parsing: "\($0)") } == rules)
    for text in ["", "fc.*", "fc.* rate", "fc.* rate=x", "fc.* rate=-1", "a frozen=1", "a b"] {
      #expect(ParameterRule(parsing: text) == nil)
    }
  }

  @Test(arguments: [
    ("*", "", true), ("fc?.*", "fc1.bias", true), ("fc?.*", "fc.bias", false),
    ("*.bias", "layer1.0.bias", true), ("*a*b", "xaxbxab", true), ("*a*b", "xaxba", false),
    ("", "a", false), ("a", "a", true), ("a**", "ab", true), ("*?", "", false),
  ])
  func `patterns match whole names`(pattern: String, name: String, matches: Bool) {
    #expect(NamePattern(pattern).matches(name) == matches)
  }

  @Test func `batch norm stays as it is where the policy says so`() {
    let parameters = [
      parameter("conv1.weight", [1, 1, 1, 1], [1]), parameter("bn1.weight", [1], [1]),
      parameter("bn1.bias", [1], [1]), parameter("layer2.0.downsample.1.weight", [1], [1]),
      parameter("layer2.0.downsample.1.bias", [1], [1]), parameter("fc.weight", [1, 1], [1]),
      parameter("fc.bias", [1], [1]),
    ]
    for policy in BatchNormPolicy.allCases {
      let rules = policy.rules(for: parameters)
      let frozen = parameters.filter(rules.freezes).map(\.name)
      let isFree = policy == .trainable || policy == .asOthers
      #expect(frozen == (isFree ? [] : parameters[1...4].map(\.name)))
      let behind = rules + [ParameterRule(.names(NamePattern("*")), isFrozen: true)]
      let free = parameters.filter { !behind.freezes($0) }.map(\.name)
      #expect(free == (policy == .trainable ? parameters[1...4].map(\.name) : []))
    }
  }

  @Test func `frozen parameters get no gradient`() throws {
    let model = try Model(.mlp(hidden: [3]), inputShape: [2], classes: 2, seed: 1)
    let partly = model.freezing { $0.name.hasPrefix("fc1") }
    let samples = Samples.random(8, shape: [2], classes: 2)
    partly.logits(samples.inputs).crossEntropy(samples.labels).backward()
    #expect(model.parameters.map { $0.tensor.gradient == nil } == [true, true, false, false])
  }
}
