import Learning
import Tensors
import Testing

@Suite struct OptimizerTests {
  private static let start: [Double] = [0.5, -1.25, 2, 0.125, -0.75]

  /// A parameter whose gradient, set before every step, is `w - 1` of its current values.
  private func train(
    _ rule: any UpdateRule, rate: Double, decay: Double, steps: Int,
    schedule: Schedule = .constant
  ) -> [Float] {
    let w = Tensor(shape: [5], values: Self.start.map { Float($0) }, requiresGradient: true)
    let group = ParameterGroup(
      [Parameter(name: "w", tensor: w)], rate: rate, weightDecay: decay)
    var optimizer = Optimizer(rule, groups: [group], schedule: schedule)
    for step in 0..<steps {
      optimizer.clearGradients()
      ((w - 1) * (w - 1) * 0.5).sum().backward()
      optimizer.step(epoch: step)
    }
    return w.values
  }

  private func largestDifference(_ found: [Float], _ expected: [Double]) -> Double {
    zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
  }

  @Test(arguments: [(0, 0), (0.9, 0), (0, 1e-2), (0.9, 1e-2)])
  func `gradient descent is the textbook's`(momentum: Double, decay: Double) {
    var w = Self.start
    var v = [Double](repeating: 0, count: 5)
    for _ in 0..<20 {
      for i in 0..<5 {
        let g = w[i] - 1 + decay * w[i]
        v[i] = momentum * v[i] + g
        w[i] -= 0.05 * v[i]
      }
    }
    let found = train(SGD(momentum: momentum), rate: 0.05, decay: decay, steps: 20)
    #expect(largestDifference(found, w) < 2e-6)
  }

  @Test(arguments: [0, 1e-2])
  func `Adam is the textbook's`(decay: Double) {
    var w = Self.start
    var m = [Double](repeating: 0, count: 5)
    var v = m
    var (power1, power2) = (1.0, 1.0)
    for _ in 0..<50 {
      power1 *= 0.9
      power2 *= 0.999
      for i in 0..<5 {
        let g = w[i] - 1 + decay * w[i]
        m[i] = 0.9 * m[i] + 0.1 * g
        v[i] = 0.999 * v[i] + 0.001 * g * g
        w[i] -= 0.02 * (m[i] / (1 - power1)) / ((v[i] / (1 - power2)).squareRoot() + 1e-8)
      }
    }
    #expect(largestDifference(train(Adam(), rate: 0.02, decay: decay, steps: 50), w) < 1e-5)
  }

  @Test func `a parameter without a gradient stays as it is`() {
    for rule in [SGD(momentum: 0.9), Adam()] as [any UpdateRule] {
      let used = Tensor(shape: [1], values: [3], requiresGradient: true)
      let idle = Tensor(shape: [1], values: [3], requiresGradient: true)
      let group = ParameterGroup(
        [Parameter(name: "used", tensor: used), Parameter(name: "idle", tensor: idle)],
        rate: 0.1, weightDecay: 0.1)
      var optimizer = Optimizer(rule, groups: [group])
      used.sum().backward()
      optimizer.step(epoch: 0)
      #expect(used.values != [3])
      #expect(idle.values == [3])
      #expect(optimizer.memories[1].tensors.allSatisfy { $0.values == [0] })
      #expect(optimizer.memories[1].products.allSatisfy { $0 == 1 })
    }
  }

  @Test func `groups have rates and decays of their own`() {
    let a = Tensor(shape: [1], values: [1], requiresGradient: true)
    let b = Tensor(shape: [1], values: [1], requiresGradient: true)
    var optimizer = Optimizer(
      SGD(),
      groups: [
        ParameterGroup([Parameter(name: "a", tensor: a)], rate: 0.5),
        ParameterGroup([Parameter(name: "b", tensor: b)], rate: 0.25, weightDecay: 1),
      ])
    (a + b).sum().backward()
    optimizer.step(epoch: 0)
    #expect(a.values == [0.5])
    #expect(b.values == [0.5])
  }

  @Test func `a step schedule falls at its milestones`() {
    let schedule = Schedule.step(milestones: [20, 50], gamma: 0.1)
    let rates = [0, 19, 20, 49, 50, 60].map { schedule.rate(0.01, epoch: $0) }
    #expect(rates == [0.01, 0.01, 0.01 * 0.1, 0.01 * 0.1, 0.01 * 0.1 * 0.1, 0.01 * 0.1 * 0.1])
    #expect(Schedule.constant.rate(0.3, epoch: 99) == 0.3)
    let slow = train(
      SGD(), rate: 0.05, decay: 0, steps: 9, schedule: .step(milestones: [0], gamma: 0))
    #expect(slow == Self.start.map { Float($0) })
  }
}
