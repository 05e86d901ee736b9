import Learning
import Pipelines

/// An update rule with its rates, and all that goes with a step.
struct OptimizerConfig: Sendable {
  let rule: any UpdateRule
  let rate: Double
  let weightDecay: Double
  let schedule: Schedule
  /// What differs for some parameters.
  var parameterRules: [ParameterRule]
  let clipping: GradientClipping?
  let averageDecay: ExponentialAverage.Decay?

  /// Reads `optimizer`, `schedule` and what belongs to them; a stage that names no rule gets `name` at `rate`.
  static func read(
    _ fields: inout FieldReader, default name: String, rate: Double, weightDecay: Double = 0,
    epochs: Int
  ) -> OptimizerConfig {
    let optimizer = fields.variant(
      "optimizer", default: name, "the update rule",
      RuleReader.cases(default: name, rate: rate, weightDecay: weightDecay))
    let schedule = readSchedule(&fields, epochs: epochs)
    let rules = fields.addition("parameters") { fields in
      fields.texts(
        "parameters", default: [],
        "what differs for some, the first that fits: 'conv* frozen', 'fc.* rate=10', "
          + "'vectors decay=0 plain'",
        check: { ParameterRule(parsing: $0) == nil ? ParameterRule.complaint : nil })
    }
    return OptimizerConfig(
      rule: optimizer?.rule ?? SGD(), rate: optimizer?.rate ?? rate,
      weightDecay: optimizer?.weightDecay ?? weightDecay, schedule: schedule,
      parameterRules: rules.compactMap { ParameterRule(parsing: $0) },
      clipping: fields.addition("clip", readClipping),
      averageDecay: fields.addition("average", readAverage))
  }

  /// The optimiser of these parameters, and of others with a rate and decay of their own.
  func optimizer(
    _ parameters: [Parameter], others: [ParameterGroup] = []
  ) -> Optimizer {
    Optimizer(
      rule,
      groups: parameterRules.groups(of: parameters, rate: rate, weightDecay: weightDecay) + others,
      schedule: schedule, clipping: clipping, averageDecay: averageDecay)
  }
}

extension ParameterRule {
  fileprivate static let complaint =
    "must be a pattern of names or 'vectors', and then rate=, decay=, plain or frozen"
}

private func readClipping(_ fields: inout FieldReader) -> GradientClipping? {
  func bound(_ fields: inout FieldReader, _ about: String) -> Double {
    fields.float("bound", default: 1, in: 1e-12...1e12, about)
  }
  let cases: [(String, (inout FieldReader) -> GradientClipping?)] = [
    ("none", { _ in nil }),
    ("norm", { .norm(bound(&$0, "the largest norm of all gradients together")) }),
    ("value", { .value(bound(&$0, "the largest magnitude of an element")) }),
  ]
  return fields.variant("clip", default: "none", "what bounds the gradients", cases) ?? nil
}

private func readAverage(_ fields: inout FieldReader) -> ExponentialAverage.Decay? {
  func decay(_ fields: inout FieldReader) -> Double {
    fields.float("decay", default: 0.999, in: 0...1, "of the old average at each step")
  }
  let cases: [(String, (inout FieldReader) -> ExponentialAverage.Decay?)] = [
    ("none", { _ in nil }),
    ("constant", { .constant(decay(&$0)) }),
    ("ramped", { .ramped(decay(&$0)) }),
  ]
  return fields.variant(
    "average", default: "none",
    "a running average of the weights, which the checkpoints then hold", cases) ?? nil
}
