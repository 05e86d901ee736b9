import Learning
import Pipelines

/// An update rule with its rates, and how the rate falls.
struct OptimizerConfig: Sendable {
  enum Rule: Sendable {
    case sgd(SGD)
    case adam(Adam)
  }

  let rule: Rule
  let rate: Double
  let weightDecay: Double
  let schedule: Schedule

  /// Reads `optimizer` and `schedule`; a stage that names no rule gets `name` at `rate`.
  static func read(
    _ fields: inout FieldReader, default name: String, rate: Double, weightDecay: Double = 0
  ) -> OptimizerConfig {
    func rates(_ fields: inout FieldReader, _ standard: Double) -> (Double, Double) {
      (
        fields.float(
          "lr", default: name == "sgd" || name == "adam" ? standard : rate, in: 0...1e6,
          "learning rate"),
        fields.float(
          "weight_decay", default: weightDecay, in: 0...1e6,
          "added to the gradient, times the weight")
      )
    }
    let optimizer = fields.variant(
      "optimizer", default: name, "the update rule",
      [
        (
          "sgd",
          { fields -> (Rule, (Double, Double)) in
            let pair = rates(&fields, name == "sgd" ? rate : 0.01)
            return (
              .sgd(
                SGD(momentum: fields.float("momentum", default: 0, in: 0...1, "of the velocity"))),
              pair
            )
          }
        ),
        (
          "adam",
          { fields -> (Rule, (Double, Double)) in
            let pair = rates(&fields, name == "adam" ? rate : 0.001)
            return (
              .adam(
                Adam(
                  beta1: fields.float(
                    "beta1", default: 0.9, in: 0...0.999_999, "of the first moment"),
                  beta2: fields.float(
                    "beta2", default: 0.999, in: 0...0.999_999_9, "of the second moment"),
                  epsilon: fields.float("epsilon", default: 1e-8, in: 0...1, "added to the divisor")
                )),
              pair
            )
          }
        ),
      ])
    let schedule = fields.group("schedule", "how the rate falls, step by step") { fields in
      Schedule.step(
        milestones: fields.ints(
          "milestones", default: [], in: 0...1_000_000,
          "epochs, counted from 0, from which on it is lower"),
        gamma: fields.float("gamma", default: 0.1, in: 0...1e3, "times this at each milestone"))
    }
    let (rule, (rate, weightDecay)) = optimizer ?? (.sgd(SGD()), (rate, weightDecay))
    return OptimizerConfig(rule: rule, rate: rate, weightDecay: weightDecay, schedule: schedule)
  }

  /// The optimiser of these parameters, and of others with a rate and decay of their own.
  func optimizer(
    _ parameters: [Parameter], others: [ParameterGroup] = []
  ) -> Optimizer {
    let groups = [ParameterGroup(parameters, rate: rate, weightDecay: weightDecay)] + others
    return switch rule {
    case .sgd(let sgd): Optimizer(sgd, groups: groups, schedule: schedule)
    case .adam(let adam): Optimizer(adam, groups: groups, schedule: schedule)
    }
  }
}
