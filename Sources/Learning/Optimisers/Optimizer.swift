import Tensors

/// Parameters that share a learning rate and a decay.
public struct ParameterGroup {
  public let parameters: [Parameter]
  /// The base rate; the schedule makes of it the rate of an epoch.
  public let rate: Double
  public let weightDecay: Double

  public init(_ parameters: [Parameter], rate: Double, weightDecay: Double = 0) {
    self.parameters = parameters
    self.rate = rate
    self.weightDecay = weightDecay
  }
}

/// Changes parameters step by step, following their gradients.
///
/// A parameter that got no gradient in a step is skipped: no decay, no momentum, no count.
public struct Optimizer {
  public let rule: any UpdateRule
  public let groups: [ParameterGroup]
  public let schedule: Schedule
  /// What the rule keeps, one for each of `parameters`; to be stored and set when a training goes on later.
  public var memories: [OptimizerMemory]

  public init(_ rule: any UpdateRule, groups: [ParameterGroup], schedule: Schedule = .constant) {
    self.rule = rule
    self.groups = groups
    self.schedule = schedule
    memories = groups.flatMap(\.parameters).map { parameter in
      OptimizerMemory(
        tensors: rule.memoryNames.map { _ in .zeros(parameter.tensor.shape) },
        products: rule.productNames.map { _ in 1 })
    }
  }

  /// Every parameter, group by group.
  public var parameters: [Parameter] { groups.flatMap(\.parameters) }

  public func clearGradients() {
    for group in groups {
      for parameter in group.parameters { parameter.tensor.clearGradient() }
    }
  }

  /// One step with the gradients that the parameters hold now.
  ///
  /// - Parameter epoch: from 0; it sets the rate.
  public mutating func step(epoch: Int) {
    var index = 0
    for group in groups {
      let rate = schedule.rate(group.rate, epoch: epoch)
      for parameter in group.parameters {
        if let gradient = parameter.tensor.gradient {
          rule.update(
            parameter.tensor, gradient: gradient, rate: rate, weightDecay: group.weightDecay,
            memory: &memories[index])
        }
        index += 1
      }
    }
  }
}
