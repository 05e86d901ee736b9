import Learning
import Pipelines

/// The update rules that a stage can name, with their fields.
struct RuleReader {
  typealias Choice = (rule: any UpdateRule, rate: Double, weightDecay: Double)

  /// The rule that is meant where none is named: it has the stage's own rate.
  let name: String
  let rate: Double
  let weightDecay: Double

  static func cases(
    default name: String, rate: Double, weightDecay: Double
  ) -> [(String, (inout FieldReader) -> Choice)] {
    let reader = RuleReader(name: name, rate: rate, weightDecay: weightDecay)
    return [
      ("sgd", reader.sgd), ("adam", reader.adam), ("adamw", reader.adamW), ("lamb", reader.lamb),
    ]
  }

  private func sgd(_ fields: inout FieldReader) -> Choice {
    let (rate, decay) = rates(&fields, "sgd", 0.01, decay: weightDecay)
    let momentum = fields.float("momentum", default: 0, in: 0...1, "of the velocity")
    let nesterov = fields.addition("nesterov") {
      $0.bool("nesterov", default: false, "look ahead along the velocity")
    }
    return (SGD(momentum: momentum, nesterov: nesterov), rate, decay)
  }

  private func adam(_ fields: inout FieldReader) -> Choice {
    let (rate, decay) = rates(&fields, "adam", 0.001, decay: weightDecay)
    let (beta1, beta2, epsilon) = moments(&fields, epsilon: 1e-8)
    return (Adam(beta1: beta1, beta2: beta2, epsilon: epsilon), rate, decay)
  }

  private func adamW(_ fields: inout FieldReader) -> Choice {
    let (rate, decay) = rates(
      &fields, "adamw", 0.001, decay: 0.01, "times the rate, taken from the weight")
    let (beta1, beta2, epsilon) = moments(&fields, epsilon: 1e-8)
    return (Adam(beta1: beta1, beta2: beta2, epsilon: epsilon, isDecoupled: true), rate, decay)
  }

  private func lamb(_ fields: inout FieldReader) -> Choice {
    let (rate, decay) = rates(
      &fields, "lamb", 0.001, decay: 0.01, "added to the direction, times the weight")
    let (beta1, beta2, epsilon) = moments(&fields, epsilon: 1e-6)
    return (LAMB(beta1: beta1, beta2: beta2, epsilon: epsilon), rate, decay)
  }

  private func rates(
    _ fields: inout FieldReader, _ rule: String, _ standard: Double, decay: Double,
    _ about: String = "added to the gradient, times the weight"
  ) -> (Double, Double) {
    (
      fields.float(
        "lr", default: rule == name ? rate : standard, in: 0...1e6, "learning rate"),
      fields.float("weight_decay", default: decay, in: 0...1e6, about)
    )
  }

  private func moments(
    _ fields: inout FieldReader, epsilon: Double
  ) -> (Double, Double, Double) {
    (
      fields.float("beta1", default: 0.9, in: 0...0.999_999, "of the first moment"),
      fields.float("beta2", default: 0.999, in: 0...0.999_999_9, "of the second moment"),
      fields.float("epsilon", default: epsilon, in: 0...1, "added to the divisor")
    )
  }
}
