/// A way of making labels wrong.
///
/// Rates mean different things: at rate 0.4 and 10 classes `symmetric` flips 40 % of the labels,
/// `symmetricInclusive` 36 %, `map` only those of the classes that move.
public enum NoiseModel: Hashable, Sendable {
  /// With probability `rate` a label becomes one of the others, all alike.
  case symmetric(rate: Double)
  /// Exactly `⌊rate · n⌋` random samples get a random label out of all, their own included.
  case symmetricInclusive(rate: Double)
  /// With probability `rate` a label becomes the next class, the last one the first.
  case pair(rate: Double)
  /// With probability `rate` the label of a listed class becomes the class that it is listed with.
  case map([Int: Int], rate: Double)
  /// With probability `rate` the label of a listed class becomes its partner, both ways.
  case swap([Int: Int], rate: Double)
  /// A label of class `i` becomes `j` with probability `T[i][j]`.
  case matrix(TransitionMatrix)

  /// The "asymmetric" noise of the CIFAR-10 literature: truck → automobile, bird → airplane,
  /// deer → horse, cat → dog, dog → cat.
  public static let cifar10Map = [9: 1, 2: 0, 4: 7, 3: 5, 5: 3]

  /// The pairs exchanged in the audio-visual data of six classes.
  public static let sixClassSwap = [1: 3, 2: 4]
}

extension NoiseModel {
  /// `T[i][j] = P(given j | true i)`: what the labels are drawn from, and what estimates are compared with.
  public func transition(classes: Int) throws(NoiseError) -> TransitionMatrix {
    guard classes > 0 else { throw .tooFewClasses(classes) }
    switch self {
    case .symmetric(let rate):
      try check(rate)
      guard classes > 1 else { throw .tooFewClasses(classes) }
      return matrix(classes) { i, j in i == j ? 1 - rate : rate / Double(classes - 1) }
    case .symmetricInclusive(let rate):
      try check(rate)
      let share = rate / Double(classes)
      return matrix(classes) { i, j in i == j ? 1 - rate + share : share }
    case .pair(let rate):
      guard classes > 1 else { throw .tooFewClasses(classes) }
      let next = (0..<classes).map { ($0, ($0 + 1) % classes) }
      return try moving(Dictionary(uniqueKeysWithValues: next), rate, classes)
    case .map(let map, let rate):
      return try moving(map, rate, classes)
    case .swap(let pairs, let rate):
      var map: [Int: Int] = [:]
      for (one, other) in pairs.sorted(by: { $0.key < $1.key }) {
        guard map[one] == nil, map[other] == nil, one != other else {
          throw .swappedTwice(map[one] == nil ? other : one)
        }
        map[one] = other
        map[other] = one
      }
      return try moving(map, rate, classes)
    case .matrix(let matrix):
      guard matrix.classes == classes else {
        throw .matrixSize(matrix.classes, classes: classes)
      }
      for (i, row) in matrix.rows.enumerated() {
        let sum = row.reduce(0, +)
        guard row.allSatisfy({ $0 >= 0 }), abs(sum - 1) <= 1e-6 else {
          throw .notStochastic(row: i, sum: sum)
        }
      }
      return matrix
    }
  }

  private func moving(
    _ map: [Int: Int], _ rate: Double, _ classes: Int
  ) throws(NoiseError) -> TransitionMatrix {
    try check(rate)
    let listed = map.keys.sorted() + map.values.sorted()
    if let outside = listed.first(where: { !(0..<classes).contains($0) }) {
      throw .noSuchClass(outside, classes: classes)
    }
    return matrix(classes) { i, j in
      guard let target = map[i], target != i else { return i == j ? 1 : 0 }
      return j == i ? 1 - rate : j == target ? rate : 0
    }
  }

  private func check(_ rate: Double) throws(NoiseError) {
    guard (0...1).contains(rate) else { throw .rate(rate) }
  }

  private func matrix(_ classes: Int, _ entry: (Int, Int) -> Double) -> TransitionMatrix {
    TransitionMatrix(sound: (0..<classes).map { i in (0..<classes).map { entry(i, $0) } })
  }
}
