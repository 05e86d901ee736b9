public import Pipelines
import Store

/// Opens two versions of a file: the largest difference between their numbers, if none differs by
/// more than the tolerance and all else in them is the same; `nil` otherwise, and of what it cannot open.
///
/// The engine knows no format: whoever makes one hands down what does.
public typealias NumberComparison =
  @Sendable (_ recorded: [UInt8], _ made: [UInt8], Tolerance) -> Double?

/// What the outputs of a stage that was executed again are held to.
struct OutputComparison {
  let recorded: Store
  let made: Store
  let reproducible: Reproducibility
  let numbers: NumberComparison
  /// The stage, for messages.
  let stage: String

  func verdict(
    of record: [String: Content], and outputs: [String: Content]
  ) throws(EngineError) -> RerunStage.Verdict {
    var differences: [OutputDifference] = []
    var largest: Double?
    for (name, content) in record.sorted(by: { $0.key < $1.key }) {
      guard let made = outputs[name] else { throw EngineError.missingOutput(name, log: []) }
      if case .numeric(let tolerance) = reproducible, content != made {
        guard recorded.has(content) else { throw EngineError.recordIsGone(stage: stage) }
        switch compare(name, content, made, tolerance) {
        case .near(let difference): largest = max(largest ?? 0, difference)
        case .far(let difference): differences.append(difference)
        }
      } else if let difference = OutputDifference(
        of: name, between: (content, recorded), and: (made, self.made))
      {
        differences.append(difference)
      }
    }
    if differences.isEmpty { return largest.map { .withinTolerance(largest: $0) } ?? .same }
    return reproducible == .waived ? .notCompared(differences) : .different(differences)
  }

  private enum Distance {
    case near(Double)
    case far(OutputDifference)
  }

  /// Every file has to be within the tolerance; of those that are not the first is told.
  private func compare(
    _ output: String, _ old: Content, _ new: Content, _ tolerance: Tolerance
  ) -> Distance {
    var largest = 0.0
    for pair in FilePair.differing(old, in: recorded, new, in: made) {
      let difference = OutputDifference(of: output, pair, recorded, made, beyond: tolerance)
      guard pair.old.kind == .file, pair.new.kind == .file, let one = difference.oldBytes,
        let other = difference.newBytes, let distance = numbers(one, other, tolerance)
      else { return .far(difference) }
      largest = max(largest, distance)
    }
    return .near(largest)
  }
}

extension Store {
  /// Whether the bytes are there.
  fileprivate func has(_ content: Content) -> Bool {
    (try? isIntact(content)) == true
  }
}
