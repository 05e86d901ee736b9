import Learning
import NoisyLabels
import Testing

@Suite struct TransitionEstimateTests {
  struct Golden: Decodable {
    let transitionFit: Fit
    enum CodingKeys: String, CodingKey { case transitionFit = "transition.fit" }
  }

  struct Fit: Decodable {
    let input: Input
    let output: Output
  }

  struct Input: Decodable {
    let probs: [[Double]]
    let percentile: Double
  }

  struct Output: Decodable {
    let thresholdPerClass: [Double]
    let anchorIndex: [Int]
    let t: [[Double]]
    let noFilterAnchorIndex: [Int]
    let noFilterT: [[Double]]
    let legacyInplace: Legacy
    let legacyNormDividesColumnJByRowsumJ: [[Double]]
    let correctNorm: [[Double]]
  }

  struct Legacy: Decodable {
    let thresholdPerClass: [Double]
    let anchorIndex: [Int]
    let t: [[Double]]
    let rowSums: [Double]
  }

  static func fit() throws -> (Posterior, Double, Output) {
    let fit = try golden("golden.json", as: Golden.self).transitionFit
    let posterior = try Posterior(fit.input.probs.flatMap(\.self), classes: 3)
    return (posterior, fit.input.percentile, fit.output)
  }

  func areClose(_ found: [[Double]], _ expected: [[Double]]) -> Bool {
    isClose(found.flatMap(\.self), expected.flatMap(\.self), within: 1e-9)
  }

  @Test func `reads rows from anchors below the percentile`() throws {
    let (posterior, percentile, expected) = try Self.fit()
    let found = try estimateTransition(from: posterior, percentile: percentile)
    #expect(found.thresholds == expected.thresholdPerClass)
    #expect(found.anchors == expected.anchorIndex.map { [$0] })
    #expect(areClose(found.transition.rows, expected.t))
    #expect(found.warnings == [])
  }

  @Test func `reads rows from the likeliest samples without a percentile`() throws {
    let (posterior, _, expected) = try Self.fit()
    let found = try estimateTransition(from: posterior, percentile: nil)
    #expect(found.thresholds == nil)
    #expect(found.anchors == expected.noFilterAnchorIndex.map { [$0] })
    #expect(areClose(found.transition.rows, expected.noFilterT))
  }

  @Test func `repeats the published mistakes when asked`() throws {
    let (posterior, percentile, expected) = try Self.fit()
    let found = try estimateTransition(from: posterior, percentile: percentile, legacy: true)
    #expect(found.thresholds == expected.legacyInplace.thresholdPerClass)
    #expect(found.anchors == expected.legacyInplace.anchorIndex.map { [$0] })
    #expect(areClose(found.unnormalised, expected.legacyInplace.t))
    #expect(isClose(found.rowSums, expected.legacyInplace.rowSums, within: 1e-9))
    #expect(areClose(found.transition.rows, expected.legacyNormDividesColumnJByRowsumJ))
    #expect(
      areClose(try TransitionMatrix(found.unnormalised).normalised.rows, expected.correctNorm))
  }

  @Test func `averages the candidates just below the threshold`() throws {
    let (posterior, percentile, _) = try Self.fit()
    let found = try estimateTransition(from: posterior, percentile: percentile, rows: 2)
    #expect(found.anchors == [[11, 5], [6, 7], [2, 11]])
    #expect(areClose([found.transition.rows[2]], [[0.25, 0.225, 0.525]]))
    #expect(found.warnings == [])
  }

  @Test func `averages what there is, and says so, when there are fewer candidates`() throws {
    let posterior = try Posterior([0.9, 0.1, 0.6, 0.4, 0.2, 0.8], classes: 2)
    let found = try estimateTransition(from: posterior, percentile: 100, rows: 3)
    #expect(found.anchors == [[1, 2], [1, 0]])
    #expect(
      found.warnings.map(\.description) == [
        "class 0: 2 samples instead of 3 are averaged, there are no more",
        "class 1: 2 samples instead of 3 are averaged, there are no more",
      ])
  }

  @Test func `takes the first of equals`() throws {
    let posterior = try Posterior([0.5, 0.5, 0.8, 0.2, 0.8, 0.2, 0.5, 0.5], classes: 2)
    let found = try estimateTransition(from: posterior, percentile: nil, rows: 3)
    #expect(found.anchors == [[1, 2, 0], [0, 3, 1]])
    #expect(try estimateTransition(from: posterior, percentile: nil).anchors == [[1], [0]])
  }

  @Test(arguments: [false, true])
  func `takes the likeliest of all, and says so, when none is below`(legacy: Bool) throws {
    let posterior = try Posterior([0.5, 0.5, 0.5, 0.5], classes: 2)
    guard !legacy else {
      // The first class zeroes its column, the second one the rest.
      #expect(throws: EstimateError.emptyRow(1)) {
        try estimateTransition(from: posterior, percentile: 97, legacy: true)
      }
      return
    }
    let found = try estimateTransition(from: posterior, percentile: 97)
    #expect(found.anchors == [[0], [0]])
    #expect(found.transition.rows == [[0.5, 0.5], [0.5, 0.5]])
    #expect(found.warnings == [.everySampleFiltered(label: 0), .everySampleFiltered(label: 1)])
  }

  @Test(arguments: [(7.0, 101, 7), (97, 101, 97), (97, 54_000, 52_380), (50, 4, 2), (100, 5, 4)])
  func `takes the higher quantile at its exact rank`(q: Double, n: Int, rank: Int) throws {
    // Sample k has posterior k / n, so the threshold tells the rank.
    let values = (0..<n).flatMap { [Double($0) / Double(n), 1 - Double($0) / Double(n)] }
    let found = try estimateTransition(from: Posterior(values, classes: 2), percentile: q)
    #expect(found.thresholds?[0] == Double(rank) / Double(n))
  }

  @Test func `refuses a percentile that removes half of the smallest class`() throws {
    let values = (0..<1000).flatMap { [Double($0) / 1000, 1 - Double($0) / 1000] }
    let posterior = try Posterior(values, classes: 2)
    // 3 % of 1000 is half of 60.
    #expect(
      message { try estimateTransition(from: posterior, percentile: 97, labelCounts: [940, 60]) }
        == "percentile 97.0 would remove the anchors of class 1: it has 60 of 1000 samples; "
        + "choose a percentile above 97.0, or none")
    _ = try estimateTransition(from: posterior, percentile: 97, labelCounts: [939, 61])
    _ = try estimateTransition(from: posterior, percentile: nil, labelCounts: [1000, 0])
    #expect(
      message { try estimateTransition(from: posterior, percentile: 97, labelCounts: [1000, 0]) }
        .hasSuffix("it has 0 of 1000 samples; choose none"))
    // A hundred balanced classes hold 1 % each.
    let hundred = try Posterior([Double](repeating: 0.01, count: 10_000), classes: 100)
    #expect(throws: EstimateError.percentileTooLow(97, smallestClass: 0, count: 1, of: 100)) {
      try estimateTransition(
        from: hundred, percentile: 97, labelCounts: [Int](repeating: 1, count: 100))
    }
  }

  @Test func `refuses options and posteriors that make no sense`() throws {
    let posterior = try Posterior([0.5, 0.5], classes: 2)
    #expect(throws: EstimateError.percentile(0)) {
      try estimateTransition(from: posterior, percentile: 0)
    }
    #expect(throws: EstimateError.percentile(101)) {
      try estimateTransition(from: posterior, percentile: 101)
    }
    #expect(throws: EstimateError.rows(0)) {
      try estimateTransition(from: posterior, percentile: nil, rows: 0)
    }
    #expect(throws: EstimateError.labelCounts(1, classes: 2)) {
      try estimateTransition(from: posterior, percentile: 97, labelCounts: [1])
    }
    #expect(throws: EstimateError.emptyRow(0)) {
      try estimateTransition(from: Posterior([0, 0], classes: 2), percentile: nil)
    }
    #expect(throws: PosteriorError.shape([0, 2])) { try Posterior([], classes: 2) }
    #expect(throws: PosteriorError.entry(-1, sample: 1, label: 0)) {
      try Posterior([0, 1, -1, 2], classes: 2)
    }
    #expect(throws: PosteriorError.shape([4])) { try Posterior(.floats([0, 1, 0, 1])) }
    #expect(try Posterior(.floats([0, 1, 1, 0], shape: [2, 2])).samples == 2)
  }
}
