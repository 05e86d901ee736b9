import Tensors

/// A cut of samples into parts of equal size for cross-validation. Every sample is in exactly one.
public struct Folds: Sendable, Hashable {
  /// Each ascending.
  public let parts: [[Int]]
  /// Whether every class is spread evenly.
  public let isStratified: Bool
  public let warnings: [Split.Warning]

  /// The cut that validates with one part and trains on the others.
  public func split(validatingWith fold: Int) -> Split {
    let others = parts.indices.filter { $0 != fold }.flatMap { parts[$0] }
    return Split(
      train: others.sorted(), validation: parts[fold], isStratified: isStratified,
      warnings: warnings)
  }
}

/// Cuts samples into `count` folds whose sizes differ by one at most, and so do the members that each has of
/// a class.
///
/// - Parameters:
///   - labels: of the samples, in `0..<classes`; sample `i` is called `i` in the result.
///   - classes: how many there are.
///   - count: of the folds; at least 2, at most as many as samples.
///   - stratified: whether classes are spread evenly; otherwise chance decides.
///   - allowsRare: whether classes that have members, but fewer than `count`, make the cut a random one
///     with a warning; otherwise they are an error.
///   - seed: of the stream `split`.
/// - Returns: `count` folds; every sample is in exactly one.
/// - Throws: `SplitError` for a count that is out of range, or a rare class that is not allowed.
public func folds(
  labels: [Int32], classes: Int, count: Int, stratified: Bool = true,
  allowsRare: Bool = true, seed: UInt64
) throws(SplitError) -> Folds {
  guard (2...max(2, labels.count)).contains(count), labels.count >= count else {
    throw .foldCount(count, samples: labels.count)
  }
  var order = RandomStream(seed: seed, purpose: "split").permutation(of: labels.count).map {
    Int($0)
  }
  var warnings: [Split.Warning] = []
  var isStratified = stratified
  if stratified {
    let members = try membersByClass(labels, classes: classes, order: order)
    for (label, members) in members.enumerated() where (1..<count).contains(members.count) {
      guard allowsRare else { throw .rareClass(label, count: members.count, parts: count) }
      warnings.append(.randomInstead(label: label, count: members.count, parts: count))
    }
    isStratified = warnings.isEmpty
    if isStratified { order = members.flatMap(\.self) }
  }
  // Dealt out in turn, class after class without starting over, sizes and classes are even at once.
  var parts = [[Int]](repeating: [], count: count)
  for (turn, sample) in order.enumerated() { parts[turn % count].append(sample) }
  return Folds(parts: parts.map { $0.sorted() }, isStratified: isStratified, warnings: warnings)
}
