import Learning
import Pipelines

/// Reads `schedule`: how the rate changes. `epochs` is where a curve ends that names no end.
func readSchedule(_ fields: inout FieldReader, epochs: Int) -> Schedule {
  fields.group("schedule", "how the rate falls, step by step") { fields in
    let milestones = fields.ints(
      "milestones", default: [], in: 0...1_000_000,
      "epochs, counted from 0, from which on it is lower")
    let gamma = fields.float(
      "gamma", default: 0.1, in: 0...1e3, "times this at each milestone")
    let curve = fields.addition("curve") { readCurve(&$0, epochs: epochs) }
    if curve != nil, !milestones.isEmpty {
      fields.fail("curve", "must be 'milestones' where milestones are given")
    }
    return Schedule(
      curve ?? .step(milestones: milestones, gamma: gamma),
      warmUp: fields.addition("warm_up") {
        $0.int("warm_up", default: 0, in: 0...100_000, "epochs in which it first rises")
      },
      isPerStep: fields.addition("per_step") {
        $0.bool("per_step", default: false, "change with every step, not every epoch")
      })
  }
}

private typealias Curve = Schedule.Curve

/// `nil` for the milestones.
private func readCurve(_ fields: inout FieldReader, epochs: Int) -> Curve? {
  func span(_ fields: inout FieldReader) -> (start: Int, end: Int, final: Double) {
    let start = fields.int("start", default: 0, in: 0...1_000_000, "the epoch where it begins")
    let end = fields.optionalInt(
      "end", in: 1...1_000_000, "the epoch at whose beginning it has ended; none: after the last")
    let final = fields.float("final", default: 0, in: 0...1, "what is left of the rate")
    return (start, end ?? epochs, final)
  }
  let cases: [(String, (inout FieldReader) -> Curve?)] = [
    ("milestones", { _ in nil }),
    (
      "every",
      { fields in
        .every(
          epochs: fields.int("epochs", default: 30, in: 1...1_000_000, "from step to step"),
          gamma: fields.float("gamma", default: 0.1, in: 0...1e3, "times this each time"))
      }
    ),
    (
      "cosine",
      { fields in
        let (start, end, final) = span(&fields)
        return .cosine(start: start, end: end, final: final)
      }
    ),
    (
      "restarts",
      { fields in
        .cosineRestarts(
          first: fields.int("first", default: 10, in: 1...1_000_000, "epochs of the first cosine"),
          stretch: fields.float("stretch", default: 1, in: 1...1e3, "times as long each next one"),
          height: fields.float("height", default: 1, in: 0...1e3, "times as high each next one"))
      }
    ),
    (
      "linear",
      { fields in
        let (start, end, final) = span(&fields)
        return .linear(start: start, end: end, final: final)
      }
    ),
  ]
  return fields.variant("curve", default: "milestones", "the form of the fall", cases) ?? nil
}
