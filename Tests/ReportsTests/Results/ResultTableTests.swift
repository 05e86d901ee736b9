import Corpus
import Documents
import Engine
import Foundation
import Pipelines
import Reports
import Store
import Testing

/// Tables over points that are made up, with metrics in a store of their own.
@Suite struct ResultTableTests {
  private let scratch = try? ScratchStore()

  private static let accuracy = ResultSpec(
    "accuracy", .figure(stage: "train", name: "test/accuracy"))

  /// A point of which stage `train` reported the figures.
  private func point(
    _ values: [(name: String, value: Value)], _ figures: [String: Value]?,
    results: [ResultSpec] = [accuracy], choice: ResultChoice? = nil
  ) -> StudyPoint {
    let stage = ResolvedStage(name: "train", kind: "pretrain", inputs: [:], config: [:], seed: 1)
    let pipeline = ResolvedPipeline(
      name: "study", seed: 1, params: [:], stages: [stage], results: results, choice: choice)
    let records = figures.map { ["train": Made.record(figures: $0)] } ?? [:]
    return StudyPoint(values: values, pipeline: pipeline, records: records)
  }

  private func table(
    _ points: [StudyPoint], axes: [String], by: [String] = [], over: [String] = ["seed"]
  ) throws -> ResultTable {
    try ResultTable(
      title: "study", points: points, axes: axes, by: by, over: over,
      from: try #require(scratch).store)
  }

  /// Two rates, three seeds, as in the reference's golden `runs.mean_std`.
  private var study: [StudyPoint] {
    let values: [(Double, [Double])] = [
      (0.4, [0.6914, 0.6948, 0.6828]), (0.6, [0.3931, 0.3483, 0.1672]),
    ]
    return values.flatMap { rate, accuracies in
      accuracies.enumerated().map { seed, accuracy in
        point(
          [("rate", .float(rate)), ("seed", .int(Int64(seed + 1)))],
          ["test/accuracy": .float(accuracy)])
      }
    }
  }

  @Test func `a column of nothing is left out, the others keep their sides`() {
    let all = TextTable(
      header: ["rate", "seen", "error", "n"],
      rows: [["0.4", "", "0.1", ""], ["", "", "0.2", "3"]], rightAligned: [1, 2, 3])
    #expect(
      all.withoutEmptyColumns
        == TextTable(
          header: ["rate", "error", "n"], rows: [["0.4", "0.1", ""], ["", "0.2", "3"]],
          rightAligned: [1, 2]))
  }

  @Test func `one point without the figure does not hide the others`() throws {
    let points = [
      point([("seed", 1)], ["test/accuracy": 0.5]), point([("seed", 2)], ["other": 1.0]),
    ]
    let table = try table(points, axes: ["seed"])
    #expect(table.rows[0].cells[0].values == [0.5] && table.rows[0].cells[0].missing == 1)
    #expect(table.notes(toRun: "p.yaml").contains { $0.contains("seed=2 (no accuracy)") })
    #expect(throws: ReportError.self) { try self.table([points[1]], axes: ["seed"]) }
  }

  @Test func `what rests on a training that diverged is in no mean`() throws {
    let train = ResolvedStage(name: "train", kind: "train", inputs: [:], config: [:], seed: 1)
    let test = ResolvedStage(
      name: "test", kind: "evaluate",
      inputs: ["checkpoint": .output(stage: "train", output: "checkpoints", item: "last")],
      config: [:], seed: nil)
    let verdict = ResolvedStage(
      name: "verdict", kind: "verdict",
      inputs: ["metrics": .output(stage: "train", output: "metrics", item: nil)], config: [:],
      seed: nil)
    let pipeline = ResolvedPipeline(
      name: "p", seed: 1, params: [:], stages: [train, test, verdict],
      results: [
        ResultSpec("accuracy", .figure(stage: "test", name: "test/accuracy")),
        ResultSpec("diverged", .figure(stage: "verdict", name: "diverged")),
      ])
    let point = StudyPoint(
      values: [], pipeline: pipeline,
      records: [
        "train": Made.record(figures: ["diverged/epoch": 2]),
        "test": Made.record(figures: ["test/accuracy": 0.9]),
        "verdict": Made.record(figures: ["diverged": 1]),
      ])
    let cells = try table([point], axes: []).rows[0].cells
    #expect(cells[0].values.isEmpty && cells[0].diverged == 1)
    #expect(cells[1].values == [1] && cells[1].diverged == 0)
  }

  @Test func `pools over seeds: mean, population deviation, n`() throws {
    let table = try table(study, axes: ["rate", "seed"])
    #expect(
      table.text()
        == TextTable(
          header: ["rate", "accuracy", "n"],
          rows: [["0.4", "0.6897 ± 0.0050", "3"], ["0.6", "0.3029 ± 0.0977", "3"]],
          rightAligned: [1, 2]))
    #expect(table.notes(toRun: "p.yaml").isEmpty)
    #expect(
      table.text(.init(showsAll: true)).rows[0][1]
        == "3 runs: 0.6897/0.0050, 0.6914 0.6948 0.6828")
    #expect(table.pooled == ["seed"])
  }

  @Test func `pools over whatever is wanted`() throws {
    let bySeed = try table(study, axes: ["rate", "seed"], by: ["seed"])
    #expect(bySeed.text().header == ["seed", "accuracy", "n"])
    #expect(bySeed.rows.map(\.count) == [2, 2, 2] && bySeed.pooled == ["rate"])
    let overNothing = try table(study, axes: ["rate", "seed"], over: ["rate", "seed"])
    #expect(overNothing.rows.map(\.count) == [6] && overNothing.axes == [])
  }

  @Test func `a diverged run is in no mean, and counted`() throws {
    var points = study
    points[1] = point(points[1].values, ["test/accuracy": .float(.nan)])
    for index in 3..<6 { points[index] = point(points[index].values, ["diverged/epoch": 3]) }
    let table = try table(points, axes: ["rate", "seed"])
    #expect(
      table.text().rows == [
        ["0.4", "0.6871 ± 0.0043 (2 of 3, 1 diverged)", "3"], ["0.6", "diverged (all 3)", "3"],
      ])
    #expect(
      table.notes(toRun: nil) == [
        "4 of 6 points diverged, and are in no mean\n  rate=0.4 seed=2; rate=0.6 seed=1; "
          + "rate=0.6 seed=2; rate=0.6 seed=3"
      ])
  }

  @Test func `points that are missing are named, and so is what to do`() throws {
    var points = study
    points[2] = point(points[2].values, nil)
    points[3] = point(points[3].values, nil)
    let table = try table(points, axes: ["rate", "seed"])
    #expect(table.text().rows.map { $0[2] } == ["2", "2"])
    #expect(
      table.notes(toRun: "p.yaml") == [
        "2 of 6 points have not been run: repro run p.yaml\n  rate=0.4 seed=3; rate=0.6 seed=1"
      ])
  }

  @Test func `a figure that no stage reported is named with those there are`() {
    let wrong = ResultSpec("accuracy", .figure(stage: "train", name: "test/acuracy"))
    let points = [point([], ["test/accuracy": 0.5], results: [wrong])]
    #expect(
      said { try table(points, axes: []) } == """
        result 'accuracy': stage 'train' reported no figure 'test/acuracy'
        did you mean 'test/accuracy'?
        """)
  }

  @Test func `without results the headlines of the stages are shown`() throws {
    let points = [point([], ["test/accuracy": 0.5, "epochs": 20], results: [])]
    let text = try table(points, axes: []).text()
    #expect(text.header == ["train/epochs", "train/test/accuracy", "n"])
    #expect(text.rows == [["20", "0.5000", "1"]])
  }

  @Test func `chooses over a param by a result, and calls it an oracle where it is one`() throws {
    let error = ResultSpec("T error", .figure(stage: "train", name: "estimation error"))
    let choice = ResultChoice(over: "epoch", by: "T error", mode: .min)
    let errors: [Int64: [Int64: Double]] = [
      1: [5: 0.3, 10: 0.2, 15: 0.2], 2: [5: 0.1, 10: 0.4, 15: 0.5],
    ]
    var points: [StudyPoint] = []
    for seed: Int64 in [1, 2] {
      for epoch: Int64 in [5, 10, 15] {
        let figures: [String: Value] = [
          "estimation error": .float(errors[seed]?[epoch] ?? 0),
          "test/accuracy": .float(0.5 + Double(epoch) / 100),
        ]
        points.append(
          point(
            [("epoch", .int(epoch)), ("seed", .int(seed))], figures,
            results: [error, Self.accuracy], choice: choice))
      }
    }
    let table = try table(points, axes: ["epoch", "seed"])
    let text = table.text()
    #expect(
      text.header == ["T error (oracle)", "accuracy (oracle)", "epoch chosen (oracle)", "n"])
    // The first of equals.
    #expect(text.rows == [["0.1500 ± 0.0500", "0.5750 ± 0.0250", "10, 5", "2"]])
    let note = table.notes(toRun: nil).last ?? ""
    #expect(note.hasPrefix("(oracle): chosen by"))
    let fixed = try self.table(Array(points.prefix(1)), axes: [])
    #expect(fixed.text().header == ["T error", "accuracy", "n"])
  }

  @Test func `full values for programs`() throws {
    let table = try table(study, axes: ["rate", "seed"])
    #expect(
      table.csv(all: false).split(separator: "\n")[0]
        == "rate,accuracy mean,accuracy deviation,accuracy n")
    #expect(
      table.csv(all: true).split(separator: "\n")[..<2] == [
        "rate,seed,accuracy,run", "0.4,1,0.6914,",
      ])
    let row = try #require(table.document["rows"]?.list?[0])
    #expect(row["params"] == ["rate": 0.4])
    #expect(row["results"]?["accuracy"]?["values"] == [0.6914, 0.6948, 0.6828])
    #expect(row["results"]?["accuracy"]?["n"] == 3)
  }

  @Test func `is escaped for Markdown and for LaTeX`() {
    let table = TextTable(
      header: ["a|b_c", "T error"], rows: [["50 % & $x", "0.9399 ± 0.0021 (2 of 3)"]],
      rightAligned: [1])
    #expect(
      table.markdown == """
        | a\\|b\\_c | T error |
        | --- | ---: |
        | 50 % & $x | 0.9399 ± 0.0021 (2 of 3) |
        """)
    #expect(
      table.latex == """
        \\begin{tabular}{lr}
          \\hline
          a\\textbar{}b\\_c & T error \\\\
          \\hline
          50 \\% \\& \\$x & $0.9399 \\pm 0.0021$ (2 of 3) \\\\
          \\hline
        \\end{tabular}
        """)
    #expect(TextTable.csv([["a,b", "say \"x\"", "plain"]]) == "\"a,b\",\"say \"\"x\"\"\",plain")
  }

  @Test(arguments: [
    ([0.6914, 0.6948, 0.6828], 4), ([0.5], 4), ([0.93991, 0.93992], 7), ([5400, 5412], 1),
    ([12.5, 13.5], 2), ([20], 0), ([123.456], 1), ([0.0000123], 8), ([0, 0], 0), ([1e12, 3e12], 0),
  ])
  func `shows the deviation to two digits`(values: [Double], places: Int) {
    #expect(Figures.places(for: [Spread(values)]) == places)
  }
}
