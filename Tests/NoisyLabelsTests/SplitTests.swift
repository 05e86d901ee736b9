import Corpus
import NoisyLabels
import Testing

@Suite struct SplitTests {
  static func labels(_ counts: [Int]) -> [Int32] {
    var random = SplitMix64(seed: 1)
    return counts.enumerated().flatMap { label, count in
      [Int32](repeating: Int32(label), count: count)
    }.shuffled(using: &random)
  }

  func counts(of rows: [Int], in labels: [Int32], classes: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: classes)
    for row in rows { counts[Int(labels[row])] += 1 }
    return counts
  }

  func isPartition(_ parts: [[Int]], of count: Int) -> Bool {
    parts.allSatisfy { zip($0, $0.dropFirst()).allSatisfy(<) }
      && parts.flatMap(\.self).sorted() == Array(0..<count)
  }

  @Test(
    arguments: [
      ([50, 30, 20], 0.1, [5, 3, 2]), ([15, 15, 15], 0.1, [2, 1, 1]), ([7, 2, 2], 0.5, [3, 1, 1]),
      ([100, 10, 0, 3], 0.2, [20, 2, 0, 1]), ([4, 4], 0.0, [0, 0]),
      ([29, 71], 0.29, [8, 21]),
    ] as [([Int], Double, [Int])])
  func `cuts each class by largest remainder`(
    sizes: [Int], fraction: Double, expected: [Int]
  ) throws {
    let labels = Self.labels(sizes)
    let cut = try split(labels: labels, classes: sizes.count, validation: .share(fraction), seed: 4)
    #expect(isPartition([cut.train, cut.validation], of: labels.count))
    #expect(counts(of: cut.validation, in: labels, classes: sizes.count) == expected)
    #expect(cut.isStratified == (fraction > 0))
    #expect(cut.warnings == [])
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `keeps totals exact and classes within one of their share`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let sizes = (0..<10).map { _ in Int(random.next() % 40) + 2 }
    let fraction = Double(random.next() % 90) / 100
    let labels = Self.labels(sizes)
    let cut = try split(labels: labels, classes: 10, validation: .share(fraction), seed: seed)
    let n = labels.count
    #expect(isPartition([cut.train, cut.validation], of: n))
    #expect(abs(Double(cut.validation.count) - fraction * Double(n)) <= 0.5)
    for (size, count) in zip(sizes, counts(of: cut.validation, in: labels, classes: 10)) {
      let share = Double(size) * Double(cut.validation.count) / Double(n)
      #expect(abs(Double(count) - share) < 1)
    }
  }

  @Test(arguments: [true, false])
  func `takes so many samples to validate with and to train on`(stratified: Bool) throws {
    let labels = Self.labels([60, 30, 10])
    let whole = try split(
      labels: labels, classes: 3, validation: 20, stratified: stratified, seed: 1)
    let share = try split(
      labels: labels, classes: 3, validation: 0.2, stratified: stratified, seed: 1)
    #expect(whole == share)
    let some = try split(
      labels: labels, classes: 3, validation: 20, training: 50, stratified: stratified, seed: 1)
    #expect(some.validation == whole.validation && some.isStratified == stratified)
    #expect(some.train.count == 50 && Set(some.train).isSubset(of: whole.train))
    #expect(zip(some.train, some.train.dropFirst()).allSatisfy(<))
    if stratified { #expect(counts(of: some.train, in: labels, classes: 3) == [30, 15, 5]) }
    let fewer = try split(
      labels: labels, classes: 3, validation: 20, training: 10, stratified: stratified, seed: 1)
    #expect(Set(fewer.train).isSubset(of: some.train))
  }

  @Test func `depends on the seed alone`() throws {
    let labels = Self.labels([40, 60])
    let cut = try split(labels: labels, classes: 2, validation: 0.2, seed: 1)
    #expect(try split(labels: labels, classes: 2, validation: 0.2, seed: 1) == cut)
    #expect(try split(labels: labels, classes: 2, validation: 0.2, seed: 2) != cut)
  }

  @Test func `falls back to a random cut, and names the class, when one has a single member`()
    throws
  {
    let labels = Self.labels([60, 39, 1])
    let cut = try split(labels: labels, classes: 3, validation: 0.1, seed: 1)
    #expect(isPartition([cut.train, cut.validation], of: 100))
    #expect(cut.validation.count == 10)
    #expect(!cut.isStratified)
    #expect(
      cut.warnings.map(\.description) == [
        "class 2 has only 1 member for 2 parts: the split is random, not stratified"
      ])
    #expect(
      try split(labels: labels, classes: 3, validation: 0.1, stratified: false, seed: 1).validation
        == cut.validation)
  }

  @Test func `puts a single member into the training part when told so`() throws {
    let labels = Self.labels([60, 39, 1])
    let cut = try split(labels: labels, classes: 3, validation: 0.1, rare: .putInTrain, seed: 1)
    #expect(counts(of: cut.validation, in: labels, classes: 3) == [6, 4, 0])
    #expect(cut.isStratified)
    #expect(
      cut.warnings.map(\.description) == [
        "class 2 has only 1 member: all of it goes into the training part"
      ])
  }

  @Test func `refuses a single member when told so`() {
    #expect(
      message {
        try split(labels: [0, 0, 1], classes: 2, validation: 0.5, rare: .error, seed: 1)
      }
        == "class 1 has only 1 member, too few for 2 parts; "
        + "allow 'fallback' (a random split) or 'put-in-train' for rare classes")
  }

  @Test func `refuses fractions and labels out of range`() {
    #expect(throws: SplitError.fraction(1)) {
      try split(labels: [0], classes: 1, validation: 1.0, seed: 1)
    }
    #expect(throws: SplitError.count(3, samples: 2)) {
      try split(labels: [0, 0], classes: 1, validation: 3, seed: 1)
    }
    #expect(
      message { try split(labels: [0, 0, 0], classes: 1, validation: 2, training: 2, seed: 1) }
        == "a part of 2 samples, out of 1; choose fewer, or a share such as 0.1")
    #expect(throws: SplitError.label(2, sample: 1, classes: 2)) {
      try split(labels: [0, 2, 0, 0], classes: 2, validation: 0.5, seed: 1)
    }
    #expect(throws: Never.self) { try split(labels: [], classes: 2, validation: 0.5, seed: 1) }
  }

  @Test(arguments: [2, 3, 5, 10])
  func `deals every sample into exactly one of folds of even size`(count: Int) throws {
    let labels = Self.labels([41, 23, 0, 10])
    let cut = try folds(labels: labels, classes: 4, count: count, seed: 1)
    #expect(isPartition(cut.parts, of: labels.count))
    #expect(cut.isStratified)
    let sizes = cut.parts.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    let perClass = cut.parts.map { counts(of: $0, in: labels, classes: 4) }
    for label in 0..<4 {
      let spread = perClass.map { $0[label] }
      #expect((spread.max() ?? 0) - (spread.min() ?? 0) <= 1)
    }
    let first = cut.split(validatingWith: 0)
    #expect(isPartition([first.train, first.validation], of: labels.count))
  }

  @Test func `deals at random, and says so, when a class has fewer members than folds`() throws {
    let labels = Self.labels([20, 3])
    let cut = try folds(labels: labels, classes: 2, count: 5, seed: 1)
    #expect(isPartition(cut.parts, of: 23))
    #expect(!cut.isStratified)
    #expect(cut.warnings == [.randomInstead(label: 1, count: 3, parts: 5)])
    #expect(throws: SplitError.rareClass(1, count: 3, parts: 5)) {
      try folds(labels: labels, classes: 2, count: 5, allowsRare: false, seed: 1)
    }
    for count in [0, 1, 24] {
      #expect(throws: SplitError.foldCount(count, samples: 23)) {
        try folds(labels: labels, classes: 2, count: count, seed: 1)
      }
    }
  }
}
