import Tensors

/// Changes parameters step by step, following their gradients.
///
/// A parameter that got no gradient in a step is skipped: no decay, no momentum, no count.
public struct Optimizer {
  public let rule: any UpdateRule
  public let groups: [ParameterGroup]
  public let schedule: Schedule
  public let clipping: GradientClipping?
  /// What the rule keeps, one for each of `parameters`; to be stored and set when a training goes on later.
  public var memories: [OptimizerMemory]
  /// The running average that every step updates, if one is wanted.
  public private(set) var average: ExponentialAverage?

  /// With `averageDecay`, a running average of all parameters is kept.
  public init(
    _ rule: any UpdateRule, groups: [ParameterGroup], schedule: Schedule = .constant,
    clipping: GradientClipping? = nil, averageDecay: ExponentialAverage.Decay? = nil
  ) {
    self.rule = rule
    self.groups = groups
    self.schedule = schedule
    self.clipping = clipping
    let parameters = groups.flatMap(\.parameters)
    memories = parameters.map { parameter in
      OptimizerMemory(
        tensors: rule.memoryNames.map { _ in .zeros(parameter.tensor.shape) },
        products: rule.productNames.map { _ in 1 })
    }
    average = averageDecay.map { ExponentialAverage(of: parameters, decay: $0) }
  }

  /// Every parameter, group by group.
  public var parameters: [Parameter] { groups.flatMap(\.parameters) }

  /// A copy of all that is remembered from step to step.
  public var state: OptimizerState {
    get { OptimizerState(memories: Self.copies(memories), average: average?.state) }
    set {
      guard newValue.memories.map(\.layout) == memories.map(\.layout) else {
        fatalError("optimizer: the state is one of other arrays, or of another rule")
      }
      guard newValue.average?.tensors.map(\.shape) == average?.tensors.map(\.shape) else {
        fatalError("optimizer: the state's running averages are not those of this optimizer")
      }
      memories = Self.copies(newValue.memories)
      if let kept = newValue.average { average?.state = kept }
    }
  }

  private static func copies(_ memories: [OptimizerMemory]) -> [OptimizerMemory] {
    memories.map {
      OptimizerMemory(tensors: $0.tensors.map { $0.copied() }, products: $0.products)
    }
  }

  public func clearGradients() {
    for group in groups {
      for parameter in group.parameters { parameter.tensor.clearGradient() }
    }
  }

  /// One step with the gradients that the parameters hold now.
  ///
  /// - Parameters:
  ///   - epoch: From 0; it sets the rate, with `step` if the schedule goes by steps.
  ///   - step: From 0, within the epoch.
  ///   - stepsPerEpoch: How many there are.
  public mutating func step(epoch: Int, step: Int = 0, of stepsPerEpoch: Int = 1) {
    var gradients = parameters.map(\.tensor.gradient)
    if let clipping { gradients = clipping.clipped(gradients) }
    var index = 0
    for group in groups {
      let rate = schedule.rate(group.rate, epoch: epoch, step: step, of: stepsPerEpoch)
      for parameter in group.parameters {
        if let gradient = gradients[index] {
          rule.update(
            parameter.tensor, gradient: gradient, in: group, rate: rate, memory: &memories[index])
        }
        index += 1
      }
    }
    average?.update()
  }
}
