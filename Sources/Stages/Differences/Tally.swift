import Pipelines

/// Counts which of the values compared differ, and by how much.
struct Tally {
  let tolerance: Tolerance?
  private(set) var values = 0
  /// How many differ; with a tolerance how many by more than that.
  private(set) var different = 0
  /// The largest difference between two finite numbers.
  private(set) var largest = 0.0

  init(_ tolerance: Tolerance?) { self.tolerance = tolerance }

  /// Notes two values that are no numbers, and tells whether they count as different.
  mutating func add(areSame: Bool) -> Bool {
    values += 1
    different += areSame ? 0 : 1
    return !areSame
  }

  /// Notes two numbers, whose bits may be the same, and tells whether they count as different.
  mutating func add(_ old: Double, _ new: Double, areSame: Bool) -> Bool {
    if areSame { return add(areSame: true) }
    let distance = abs(new - old)
    if distance.isFinite { largest = max(largest, distance) }
    return add(areSame: tolerance?.allows(new, recorded: old) ?? false)
  }

  /// What ``FileDifference/nearness`` is of what was compared.
  var nearness: Double? { tolerance != nil && different == 0 ? largest : nil }

  /// `3 of 150 values differ`, and by more than what.
  func summary(of what: String) -> String {
    let count = "\(different) of \(values) \(what)"
    guard let tolerance else { return "\(count) differ" }
    return
      "\(count) differ by more than atol \(tolerance.absolute), rtol \(tolerance.relative) allow"
  }
}
