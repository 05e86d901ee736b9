public import Documents

/// How nearly a command has to come out the same when it is executed again.
///
/// It decides what counts as reproduced, not what is computed, so it is in the snapshot of a run and
/// in no stage's key.
public enum Reproducibility: Hashable, Sendable {
  /// To the last bit: what every stage is held to that says nothing else.
  case bitwise
  /// The numbers in its outputs to within a tolerance, all else to the last bit.
  case numeric(Tolerance)
  /// Not at all: its outputs are not compared. In a file the word is `none`.
  case waived

  /// The fields of a tolerance in a file.
  static let toleranceKeys = ["atol", "rtol"]
}

/// How far a number may lie from the recorded one: `|made - recorded| ≤ absolute + relative · |recorded|`,
/// the test of `numpy.isclose`.
public struct Tolerance: Hashable, Sendable {
  public let absolute: Double
  public let relative: Double

  /// `nil` unless both are finite and not negative.
  public init?(absolute: Double, relative: Double) {
    guard absolute >= 0, relative >= 0, absolute.isFinite, relative.isFinite else { return nil }
    self.absolute = absolute
    self.relative = relative
  }

  /// Whether the number is near enough; NaN is near NaN.
  public func allows(_ made: Double, recorded: Double) -> Bool {
    if made == recorded || (made.isNaN && recorded.isNaN) { return true }
    // Of two infinities, or one, no distance is told.
    guard made.isFinite, recorded.isFinite else { return false }
    return abs(made - recorded) <= absolute + relative * abs(recorded)
  }
}

extension Reproducibility {
  /// As it stands in a pipeline file and in a snapshot.
  public var value: Value {
    switch self {
    case .bitwise: "bitwise"
    case .waived: "none"
    case .numeric(let it):
      ["numeric": ["atol": .float(it.absolute), "rtol": .float(it.relative)]]
    }
  }

  /// Reads back what ``value`` wrote; `nil` for anything else.
  public init?(value: Value) {
    switch value {
    case "bitwise": self = .bitwise
    case "none": self = .waived
    default:
      guard let numbers = value["numeric"], let absolute = numbers["atol"]?.float,
        let relative = numbers["rtol"]?.float,
        let tolerance = Tolerance(absolute: absolute, relative: relative)
      else { return nil }
      self = .numeric(tolerance)
    }
  }
}
