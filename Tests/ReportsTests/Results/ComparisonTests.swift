import Documents
import Engine
import Pipelines
import Reports
import Store
import Testing

@Suite struct ComparisonTests {
  private let scratch = try? ScratchStore()

  /// Points with an accuracy each, or none, or `nan` for one that diverged.
  private func side(
    _ title: String, params: Value = [:], axes: [String] = ["seed"],
    _ accuracies: [(seed: Int64, accuracy: Double?)], rates: [Double?]? = nil
  ) -> Comparison.Side {
    let stage = ResolvedStage(name: "train", kind: "pretrain", inputs: [:], config: [:], seed: 1)
    let points = accuracies.enumerated().map { index, it in
      let pipeline = ResolvedPipeline(
        name: title, seed: UInt64(it.seed), params: params, stages: [stage],
        results: [ResultSpec("accuracy", .figure(stage: "train", name: "test/accuracy"))])
      let record = it.accuracy.map { Made.record(figures: ["test/accuracy": .float($0)]) }
      let rate = rates.flatMap { $0[index] }.map { [("rate", Value.float($0))] } ?? []
      return StudyPoint(
        values: rate + [("seed", .int(it.seed))], pipeline: pipeline,
        records: record.map { ["train": $0] } ?? [:])
    }
    return Comparison.Side(title: title, points: points, axes: axes)
  }

  private func compare(
    _ a: Comparison.Side, _ b: Comparison.Side, metrics: [String] = []
  ) throws -> Comparison {
    try Comparison(a, b, metrics: metrics, from: try #require(scratch).store)
  }

  @Test func `pairs by seed, whatever the order`() throws {
    let comparison = try compare(
      side("one", [(1, 0.70), (2, 0.80), (3, 0.60)]),
      side("two", [(3, 0.64), (1, 0.72), (2, 0.81)]))
    let line = comparison.lines[0]
    #expect(line.pairs == PairedDifference(a: [0.70, 0.80, 0.60], b: [0.72, 0.81, 0.64]))
    #expect(line.keys == [[1], [2], [3]] && comparison.pairedBy == ["seed"])
    #expect(
      comparison.text
        == TextTable(
          header: [
            "result", "A", "B", "B − A", "95 % interval", "p (t)", "p (signed rank)", "pairs",
            "B better", "equal", "A better",
          ],
          rows: [
            [
              "accuracy", "0.7000", "0.7233", "0.0233", "-0.0146 to 0.0613", "0.118", "0.250", "3",
              "3", "0", "0",
            ]
          ], rightAligned: Set(1...10)))
    #expect(comparison.notes == ["of 3 pairs the signed rank test says 0.250 at the least"])
  }

  @Test func `names what has no partner, has diverged or was not run`() throws {
    let comparison = try compare(
      side("one", [(1, 0.7), (2, 0.8), (4, 0.5), (5, 0.5)]),
      side("two", [(1, 0.7), (3, 0.8), (4, .nan), (5, nil)]))
    #expect(comparison.lines[0].pairs.count == 1)
    #expect(
      comparison.unpaired.map { "\($0.point): \($0.why)" } == [
        "seed=2: only in A", "seed=3: only in B", "seed=4: B diverged (accuracy)",
        "seed=5: B has not been run (accuracy)",
      ])
    #expect(comparison.notes.contains("one pair has no interval: run more seeds of both"))
    #expect(comparison.text.header.contains("95 % interval") == false)
  }

  @Test func `pairs by all that is swept in both`() throws {
    let a = side(
      "one", axes: ["rate", "seed"], [(1, 0.7), (1, 0.8)], rates: [0.2, 0.4])
    let b = side(
      "two", axes: ["rate", "seed"], [(1, 0.6), (1, 0.7)], rates: [0.4, 0.2])
    let comparison = try compare(a, b)
    #expect(comparison.pairedBy == ["rate", "seed"])
    #expect(comparison.lines[0].pairs == PairedDifference(a: [0.7, 0.8], b: [0.7, 0.6]))
    // B has the param, though it does not sweep it.
    let fixed = side("two", params: ["rate": 0.4], [(1, 0.6)])
    #expect(try compare(a, fixed).lines[0].pairs == PairedDifference(a: [0.8], b: [0.6]))
  }

  @Test func `points that cannot be told apart are refused`() {
    let a = side("one", axes: ["rate", "seed"], [(1, 0.7), (1, 0.8)], rates: [0.2, 0.4])
    let b = side("two", [(1, 0.6)])
    #expect(
      said { try compare(a, b) } == """
        2 points of A have seed=1, so that it is not known which to pair
        fix what else differs with --set: rate=0.2 seed=1; rate=0.4 seed=1
        """)
  }

  @Test func `a result that is not there is named with those there are`() {
    let one = side("one", [(1, 0.7)])
    #expect(
      said { try compare(one, one, metrics: ["acuracy"]) } == """
        no result is called 'acuracy'
        did you mean 'accuracy'?
        """)
  }
}
