import Tensors

/// A cut of samples into those to train on and those to validate with. Every sample is in exactly one.
public struct Split: Sendable, Hashable {
  /// Ascending.
  public let train: [Int]
  /// Ascending.
  public let validation: [Int]
  /// Whether every class is cut in the same proportion.
  public let isStratified: Bool
  public let warnings: [Warning]

  /// A class too small to be cut: what stratifying by noisy labels meets for some draws of the noise.
  public enum Warning: Sendable, Hashable {
    case randomInstead(label: Int, count: Int, parts: Int)
    case putInTrain(label: Int, count: Int)
  }
}

/// What to do about a class that has fewer members than there are parts.
public enum RareClassPolicy: String, CaseIterable, Sendable {
  /// Cut at random without regard to classes, and warn.
  case fallback
  /// Put its members into the training part, and warn.
  case putInTrain = "put-in-train"
  case error
}

extension Split.Warning: CustomStringConvertible {
  public var description: String {
    switch self {
    case .randomInstead(let label, let count, let parts):
      "class \(label) has \(members(count)) for \(parts) parts: the split is random, not stratified"
    case .putInTrain(let label, let count):
      "class \(label) has \(members(count)): all of it goes into the training part"
    }
  }
}

func members(_ count: Int) -> String { count == 1 ? "only 1 member" : "only \(count) members" }

/// Cuts samples into a training and a validation part.
///
/// The validation part has `fraction · n` samples, rounded to the nearest whole number (halves stay in
/// training). Each class gives its share of them, the largest remainders getting the places left over (the
/// smaller class among equals). Which members go is decided by one random order of all samples.
///
/// - Parameters:
///   - labels: of the samples, in `0..<classes`; sample `i` is called `i` in the result.
///   - classes: how many there are.
///   - fraction: of the samples to validate with, from 0 to below 1.
///   - stratified: whether classes keep their proportions; otherwise chance decides.
///   - rare: for classes of one member; classes without any are no matter.
///   - seed: of the stream `split`.
/// - Returns: the cut, with a warning for each class that was too small for it.
/// - Throws: `SplitError` for a fraction or label out of range, or a rare class that is an error.
public func split(
  labels: [Int32], classes: Int, validation fraction: Double, stratified: Bool = true,
  rare: RareClassPolicy = .fallback, seed: UInt64
) throws(SplitError) -> Split {
  guard (0..<1).contains(fraction) else { throw .fraction(fraction) }
  let order = RandomStream(seed: seed, purpose: "split").permutation(of: labels.count).map {
    Int($0)
  }
  let exact = fraction * Double(labels.count)
  let size = Int((exact - 0.5).rounded(.up))
  guard stratified, size > 0 else {
    return Split(order, validation: order.prefix(size), isStratified: false)
  }

  var members = try membersByClass(labels, classes: classes, order: order)
  var warnings: [Split.Warning] = []
  for label in 0..<classes where members[label].count == 1 {
    switch rare {
    case .error: throw .rareClass(label, count: 1, parts: 2)
    case .putInTrain:
      warnings.append(.putInTrain(label: label, count: 1))
      members[label] = []
    case .fallback: warnings.append(.randomInstead(label: label, count: 1, parts: 2))
    }
  }
  if rare == .fallback, !warnings.isEmpty {
    return Split(
      order, validation: order.prefix(size), isStratified: false, warnings: warnings)
  }
  let shares = largestRemainders(of: size, among: members.map(\.count))
  let validation = zip(members, shares).flatMap { $0.prefix($1) }
  return Split(order, validation: validation[...], isStratified: true, warnings: warnings)
}

extension Split {
  fileprivate init(
    _ order: [Int], validation: ArraySlice<Int>, isStratified: Bool, warnings: [Warning] = []
  ) {
    var isTaken = [Bool](repeating: false, count: order.count)
    for sample in validation { isTaken[sample] = true }
    train = order.indices.filter { !isTaken[$0] }
    self.validation = validation.sorted()
    self.isStratified = isStratified
    self.warnings = warnings
  }
}

/// The samples of each class, in the given order of all.
func membersByClass(
  _ labels: [Int32], classes: Int, order: [Int]
) throws(SplitError) -> [[Int]] {
  var members = [[Int]](repeating: [], count: classes)
  for sample in order {
    let label = Int(labels[sample])
    guard members.indices.contains(label) else {
      throw .label(label, sample: sample, classes: classes)
    }
    members[label].append(sample)
  }
  return members
}

/// Parts of `total` in proportion to `counts`, none above its count: whole shares first, then one more for
/// the largest remainders, the smaller place among equals.
func largestRemainders(of total: Int, among counts: [Int]) -> [Int] {
  let sum = counts.reduce(0, +)
  guard sum > 0 else { return counts.map { _ in 0 } }
  let total = min(total, sum)
  // In whole numbers: count · total / sum, quotient and remainder.
  let shares = counts.map { (count: Int) in
    sum.dividingFullWidth(count.multipliedFullWidth(by: total))
  }
  let left = total - shares.reduce(0) { $0 + $1.quotient }
  let byRemainder = counts.indices.sorted {
    (-shares[$0].remainder, $0) < (-shares[$1].remainder, $1)
  }
  var result = shares.map(\.quotient)
  for place in byRemainder.prefix(left) { result[place] += 1 }
  return result
}
