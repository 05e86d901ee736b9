import Tensors

/// Labels made noisy, and all that is known about how.
public struct LabelNoise: Sendable, Hashable {
  /// The given labels, in the order of the true ones.
  public let labels: [Int32]
  /// Where the given label differs from the true one.
  public let isFlipped: [Bool]
  /// What the labels were drawn from.
  public let transition: TransitionMatrix
  /// What came out: `counts[i][j]` samples of class `i` have label `j`.
  public let counts: [[Int]]

  init(_ labels: [Int32], of trueLabels: [Int32], transition: TransitionMatrix) {
    self.labels = labels
    self.transition = transition
    isFlipped = zip(labels, trueLabels).map { $0 != $1 }
    let none = [Int](repeating: 0, count: transition.classes)
    var counts = [[Int]](repeating: none, count: transition.classes)
    for (label, trueLabel) in zip(labels, trueLabels) { counts[Int(trueLabel)][Int(label)] += 1 }
    self.counts = counts
  }

  /// The share of labels that are wrong; `nil` without samples.
  public var rate: Double? {
    isFlipped.isEmpty ? nil : Double(isFlipped.count(where: \.self)) / Double(isFlipped.count)
  }

  /// The share of wrong labels in each class; `nil` for a class without samples.
  public var rates: [Double?] {
    counts.enumerated().map { i, row in
      let count = row.reduce(0, +)
      return count == 0 ? nil : Double(count - row[i]) / Double(count)
    }
  }
}

extension NoiseModel {
  /// Draws a given label for each true one.
  ///
  /// What a sample gets depends on the seed, its number and its class alone, so leaving samples out or
  /// moving them about changes nothing for the rest. Only which samples `symmetricInclusive` touches
  /// depends on the set of all of them: their count is exact.
  ///
  /// - Parameters:
  ///   - labels: the true ones, each in `0..<classes`.
  ///   - samples: the number of each sample, not negative; by default its place in `labels`.
  ///   - classes: how many there are.
  ///   - seed: of the streams `noise` and `noise/selection`.
  /// - Returns: the given labels, in the order of the true ones.
  /// - Throws: `NoiseError` for a noise that these classes cannot have, or labels out of range.
  public func applied(
    to labels: [Int32], samples: [Int]? = nil, classes: Int, seed: UInt64
  ) throws(NoiseError) -> LabelNoise {
    let transition = try transition(classes: classes)
    let samples = samples ?? Array(labels.indices)
    guard samples.count == labels.count else {
      throw .sampleNumbers(samples.count, labels: labels.count)
    }
    if let negative = samples.first(where: { $0 < 0 }) { throw .negativeSampleNumber(negative) }
    if let row = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw .label(Int(labels[row]), row: row, classes: classes)
    }

    let stream = RandomStream(seed: seed, purpose: "noise")
    var noisy = labels
    if case .symmetricInclusive(let rate) = self {
      for row in selection(of: rate, from: samples, seed: seed) {
        noisy[row] = Int32(draw(stream, samples[row]) * Double(classes))
      }
    } else {
      let cumulative = transition.rows.map(runningSums)
      for row in labels.indices {
        noisy[row] = category(at: draw(stream, samples[row]), in: cumulative[Int(labels[row])])
      }
    }
    return LabelNoise(noisy, of: labels, transition: transition)
  }

  /// The rows of `⌊rate · n⌋` samples (a product in binary64): the first of them in a random order that
  /// goes by sample number, not by row.
  private func selection(of rate: Double, from samples: [Int], seed: UInt64) -> ArraySlice<Int> {
    let byNumber = samples.indices.sorted { (samples[$0], $0) < (samples[$1], $1) }
    let order = RandomStream(seed: seed, purpose: "noise/selection").permutation(of: samples.count)
    return order.map { byNumber[Int($0)] }.prefix(Int(rate * Double(samples.count)))
  }

  /// Uniform in `[0, 1)`, a multiple of 2⁻²⁴.
  private func draw(_ stream: RandomStream, _ sample: Int) -> Double {
    Double(stream.uniform(at: UInt64(sample)))
  }

  private func runningSums(_ row: [Double]) -> [Double] {
    var sum = 0.0
    return row.map { probability in
      sum += probability
      return sum
    }
  }

  /// The first category whose running sum exceeds `u`. A row may sum to slightly less than 1: what is
  /// left over falls to its last category that is possible at all.
  private func category(at u: Double, in sums: [Double]) -> Int32 {
    let total = sums[sums.count - 1]
    let found = sums.firstIndex { u < $0 } ?? sums.firstIndex { $0 == total } ?? 0
    return Int32(found)
  }
}
