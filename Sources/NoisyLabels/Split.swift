import Tensors

/// A cut of samples into those to train on and those to validate with. Every sample is in one of them, or, where
/// only so many are to be trained on, left out.
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

/// How many samples a part gets.
public enum SplitSize: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// Of all samples, from 0 to below 1.
  case share(Double)
  case count(Int)

  public init(floatLiteral value: Double) { self = .share(value) }
  public init(integerLiteral value: Int) { self = .count(value) }

  /// A share is rounded to the nearest whole number, halves down.
  func samples(of total: Int) throws(SplitError) -> Int {
    switch self {
    case .share(let share):
      guard (0..<1).contains(share) else { throw .fraction(share) }
      return Int((share * Double(total) - 0.5).rounded(.up))
    case .count(let count):
      guard (0...total).contains(count) else { throw .count(count, samples: total) }
      return count
    }
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
/// The validation part has so many samples, or `share · n`, rounded to the nearest whole number (halves stay in
/// training). Each class gives its share of them, the largest remainders getting the places left over (the
/// smaller class among equals). Which members go is decided by one random order of all samples; where only some
/// of the rest are trained on, they are the next in it, by the same shares.
///
/// - Parameters:
///   - labels: of the samples, in `0..<classes`; sample `i` is called `i` in the result.
///   - classes: how many there are.
///   - validation: the samples to validate with.
///   - training: how many of the rest to train on; `nil`: all.
///   - stratified: whether classes keep their proportions; otherwise chance decides.
///   - rare: for classes of one member; classes without any are no matter.
///   - seed: of the stream `split`.
/// - Returns: the cut, with a warning for each class that was too small for it.
/// - Throws: `SplitError` for a size or label out of range, or a rare class that is an error.
public func split(
  labels: [Int32], classes: Int, validation: SplitSize, training: Int? = nil,
  stratified: Bool = true, rare: RareClassPolicy = .fallback, seed: UInt64
) throws(SplitError) -> Split {
  let size = try validation.samples(of: labels.count)
  let rest = labels.count - size
  guard (0...rest).contains(training ?? 0) else { throw .count(training ?? 0, samples: rest) }
  let order = RandomStream(seed: seed, purpose: "split").permutation(of: labels.count).map {
    Int($0)
  }
  let random = { (warnings: [Split.Warning]) in
    Split(
      train: order[size..<size + (training ?? rest)].sorted(),
      validation: order.prefix(size).sorted(), isStratified: false, warnings: warnings)
  }
  guard stratified, size > 0 else { return random([]) }

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
  if rare == .fallback, !warnings.isEmpty { return random(warnings) }
  let shares = largestRemainders(of: size, among: members.map(\.count))
  let chosen = zip(members, shares).flatMap { $0.prefix($1) }
  let isChosen = Set(chosen)
  var others = order.filter { !isChosen.contains($0) }
  if let training {
    let left = try membersByClass(labels, classes: classes, order: others)
    let shares = largestRemainders(of: training, among: left.map(\.count))
    others = zip(left, shares).flatMap { $0.prefix($1) }
  }
  return Split(
    train: others.sorted(), validation: chosen.sorted(), isStratified: true, warnings: warnings)
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
