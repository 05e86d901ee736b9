import Corpus
import NoisyLabels
import Testing

@Suite struct NoiseModelTests {
  static let models: [NoiseModel] = [
    .symmetric(rate: 0.4), .symmetricInclusive(rate: 0.4), .pair(rate: 0.45),
    .map(NoiseModel.cifar10Map, rate: 0.4), .swap(NoiseModel.sixClassSwap, rate: 0.4),
    .symmetric(rate: 1), .symmetricInclusive(rate: 1), .pair(rate: 1),
  ]

  static let labels: [Int32] = {
    var random = SplitMix64(seed: 7)
    // Classes of different sizes.
    return (0..<40_000).map { _ in Int32(min(random.next() % 11, random.next() % 10)) }
  }()

  @Test func `has the transition matrices of the definitions`() throws {
    #expect(
      try NoiseModel.symmetric(rate: 0.5).transition(classes: 3).rows
        == [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.25, 0.25, 0.5]])
    #expect(
      try NoiseModel.symmetricInclusive(rate: 0.5).transition(classes: 2).rows
        == [[0.75, 0.25], [0.25, 0.75]])
    #expect(
      try NoiseModel.pair(rate: 0.25).transition(classes: 3).rows
        == [[0.75, 0.25, 0], [0, 0.75, 0.25], [0.25, 0, 0.75]])
    #expect(
      try NoiseModel.map([2: 0], rate: 0.25).transition(classes: 3).rows
        == [[1, 0, 0], [0, 1, 0], [0.25, 0, 0.75]])
    #expect(
      try NoiseModel.map([1: 1], rate: 0.25).transition(classes: 2).rows == [[1, 0], [0, 1]])
    #expect(
      try NoiseModel.swap([0: 2], rate: 0.25).transition(classes: 3).rows
        == [[0.75, 0, 0.25], [0, 1, 0], [0.25, 0, 0.75]])
  }

  @Test(arguments: models)
  func `draws within four sigma of its matrix, whose rows sum to one`(model: NoiseModel) throws {
    let noise = try model.applied(to: Self.labels, classes: 10, seed: 3)
    for (i, row) in noise.counts.enumerated() {
      #expect(abs(noise.transition.rows[i].reduce(0, +) - 1) < 1e-12)
      let n = Double(row.reduce(0, +))
      for (count, p) in zip(row, noise.transition.rows[i]) {
        #expect(abs(Double(count) - n * p) <= 4 * (n * p * (1 - p)).squareRoot())
      }
    }
  }

  @Test func `reports flips and realised rates`() throws {
    let noise = try NoiseModel.pair(rate: 1).applied(to: [0, 0, 2], classes: 4, seed: 1)
    #expect(noise.labels == [1, 1, 3])
    #expect(noise.isFlipped == [true, true, true])
    #expect(noise.rate == 1)
    #expect(noise.rates == [1, nil, 1, nil])
    #expect(try NoiseModel.pair(rate: 1).applied(to: [], classes: 4, seed: 1).rate == nil)
  }

  @Test(arguments: [
    NoiseModel.symmetric(rate: 0), .symmetricInclusive(rate: 0), .pair(rate: 0),
    .map(NoiseModel.cifar10Map, rate: 0), .swap(NoiseModel.sixClassSwap, rate: 0),
    .matrix(.identity(classes: 10)),
  ])
  func `leaves labels alone at rate zero`(model: NoiseModel) throws {
    let noise = try model.applied(to: Self.labels, classes: 10, seed: 3)
    #expect(noise.labels == Self.labels)
    #expect(noise.rate == 0)
  }

  @Test(arguments: models)
  func `draws the same for the same seed and other labels for another`(model: NoiseModel) throws {
    let noise = try model.applied(to: Self.labels, classes: 10, seed: 3)
    #expect(try model.applied(to: Self.labels, classes: 10, seed: 3) == noise)
    if model.isRandom {
      #expect(try model.applied(to: Self.labels, classes: 10, seed: 4).labels != noise.labels)
    }
  }

  @Test(arguments: models)
  func `moves a sample's label with it when samples are permuted`(model: NoiseModel) throws {
    var random = SplitMix64(seed: 5)
    let labels = Self.labels.prefix(999)
    let noise = try model.applied(to: Array(labels), classes: 10, seed: 3)
    let order = labels.indices.shuffled(using: &random)
    let moved = try model.applied(
      to: order.map { labels[$0] }, samples: order, classes: 10, seed: 3)
    #expect(moved.labels == order.map { noise.labels[$0] })
  }

  @Test(arguments: models)
  func `draws the same for what is left when samples are left out`(model: NoiseModel) throws {
    // Its count is exact, so which samples it touches depends on all of them.
    if case .symmetricInclusive = model { return }
    let noise = try model.applied(to: Self.labels, classes: 10, seed: 3)
    let kept = Array(stride(from: 1, to: Self.labels.count, by: 3))
    let rest = try model.applied(
      to: kept.map { Self.labels[$0] }, samples: kept, classes: 10, seed: 3)
    #expect(rest.labels == kept.map { noise.labels[$0] })
  }

  @Test(arguments: [(0.4, 1000), (0.25, 1003), (1, 10), (0.1, 30)])
  func `touches exactly the rate's share of samples when inclusive`(rate: Double, n: Int) throws {
    // Of a thousand classes hardly any label drawn is the old one again.
    let labels = [Int32](repeating: 0, count: n)
    let noise = try NoiseModel.symmetricInclusive(rate: rate).applied(
      to: labels, classes: 1_000, seed: 1)
    let touched = Int(rate * Double(n))
    #expect(noise.counts[0][0] >= n - touched)
    #expect(noise.counts[0][0] <= n - touched + 5)
  }

  @Test func `flips less than the rate when a label may become itself again`() throws {
    let noise = try NoiseModel.symmetricInclusive(rate: 0.4).applied(
      to: Self.labels, classes: 10, seed: 3)
    // 0.4 · (1 - 1/10): the inclusive rate counts labels drawn, not labels changed.
    #expect(abs((noise.rate ?? 0) - 0.36) < 0.01)
  }

  @Test(arguments: [
    (NoiseModel.symmetric(rate: 1.5), NoiseError.rate(1.5)),
    (.pair(rate: -0.1), .rate(-0.1)), (.symmetricInclusive(rate: .nan), .rate(.nan)),
    (.map([0: 10], rate: 0.1), .noSuchClass(10, classes: 10)),
    (.map([-1: 0], rate: 0.1), .noSuchClass(-1, classes: 10)),
    (.swap([1: 3, 3: 4], rate: 0.1), .swappedTwice(3)),
    (.swap([1: 1], rate: 0.1), .swappedTwice(1)),
    (.matrix(.identity(classes: 9)), .matrixSize(9, classes: 10)),
  ])
  func `refuses noise that cannot be`(model: NoiseModel, expected: NoiseError) {
    let refused = #expect(throws: NoiseError.self) { try model.transition(classes: 10) }
    #expect(refused.map { "\($0)" } == "\(expected)")
  }

  @Test func `refuses a matrix whose rows are no distributions`() throws {
    let short = try TransitionMatrix([[0.5, 0.4], [0, 1]])
    #expect(throws: NoiseError.notStochastic(row: 0, sum: 0.9)) {
      try NoiseModel.matrix(short).transition(classes: 2)
    }
    let negative = try TransitionMatrix([[1, 0], [-0.5, 1.5]])
    #expect(throws: NoiseError.notStochastic(row: 1, sum: 1)) {
      try NoiseModel.matrix(negative).transition(classes: 2)
    }
  }

  @Test func `refuses labels and sample numbers that do not fit`() {
    let model = NoiseModel.symmetric(rate: 0.4)
    #expect(throws: NoiseError.label(3, row: 1, classes: 3)) {
      try model.applied(to: [0, 3], classes: 3, seed: 1)
    }
    #expect(throws: NoiseError.sampleNumbers(1, labels: 2)) {
      try model.applied(to: [0, 1], samples: [0], classes: 3, seed: 1)
    }
    #expect(throws: NoiseError.negativeSampleNumber(-1)) {
      try model.applied(to: [0], samples: [-1], classes: 3, seed: 1)
    }
    #expect(throws: NoiseError.tooFewClasses(1)) { try model.applied(to: [], classes: 1, seed: 1) }
  }

  @Test func `draws from an explicit matrix, also where its rows fall short by rounding`() throws {
    let matrix = try TransitionMatrix([[0.3, 0.7 - 1e-7, 0], [0, 0.5, 0.5], [1, 0, 0]])
    let labels = [Int32](repeating: 0, count: 30_000) + [1, 2, 2]
    let noise = try NoiseModel.matrix(matrix).applied(to: labels, classes: 3, seed: 9)
    #expect(noise.counts[0][2] == 0)
    #expect(abs(Double(noise.counts[0][0]) - 9_000) < 4 * 80)
    #expect(noise.counts[2] == [2, 0, 0])
  }

  @Test func `labels that were observed have the matrix that came out`() throws {
    let noise = try LabelNoise(
      observed: [0, 1, 1, 1, 0, 0], of: [0, 0, 0, 0, 1, 1], classes: 3)
    #expect(noise.transition.rows == [[0.25, 0.75, 0], [1, 0, 0], [0, 0, 1]])
    #expect(noise.isFlipped == [false, true, true, true, true, true])
    #expect(noise.rates == [0.75, 1, nil])
    #expect(
      message { try LabelNoise(observed: [0], of: [0, 1], classes: 2) }
        == "1 labels for 2 samples; give one label for each training sample, in their order")
    #expect(throws: NoiseError.label(2, row: 1, classes: 2)) {
      try LabelNoise(observed: [0, 2], of: [0, 1], classes: 2)
    }
  }
}

extension NoiseModel {
  fileprivate var isRandom: Bool {
    if case .pair(rate: 1) = self { false } else { true }
  }
}
