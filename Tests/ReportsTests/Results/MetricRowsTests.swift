import Documents
import Pipelines
import Reports
import Testing

@Suite struct MetricRowsTests {
  private let rows: [Value] = [
    ["epoch": 1, "validation/accuracy": 0.5, "test/accuracy": 0.41, "loss": 2.0],
    ["epoch": 2, "validation/accuracy": 0.7, "test/accuracy": 0.42, "loss": 1.0],
    ["epoch": 3, "validation/accuracy": 0.7, "test/accuracy": 0.43, "loss": 1.0],
    ["epoch": 4, "validation/accuracy": 0.6, "test/accuracy": 0.44, "loss": 3],
  ]

  private func value(_ choice: RowChoice, of metric: String = "test/accuracy") throws -> Double {
    try MetricRows(rows: rows).value(of: metric, at: choice)
  }

  @Test func `takes the row that is asked for, of equal ones the first`() throws {
    #expect(try value(.last) == 0.44)
    #expect(try value(.epoch(3)) == 0.43)
    #expect(try value(.best(by: "validation/accuracy", mode: .max)) == 0.42)
    #expect(try value(.best(by: "loss", mode: .min)) == 0.42)
    #expect(try value(.meanOfLast(2), of: "loss") == 2)
    #expect(try value(.meanOfLast(10), of: "loss") == 1.75)
  }

  @Test func `says what is not there`() {
    #expect(throws: MetricRows.Absence.noEpoch(9, last: 4)) { try value(.epoch(9)) }
    let known = ["loss", "test/accuracy", "validation/accuracy"]
    #expect(throws: MetricRows.Absence.unknownMetric("x", known: known)) {
      try value(.last, of: "x")
    }
    #expect(throws: MetricRows.Absence.unknownMetric("y", known: known)) {
      try value(.best(by: "y", mode: .max))
    }
    #expect(throws: MetricRows.Absence.noRows) {
      try MetricRows(rows: []).value(of: "x", at: .last)
    }
  }

  @Test func `the last value is in the last row that has one`() throws {
    let more = MetricRows(rows: rows + [["epoch": 5, "loss": 1.0]])
    #expect(
      try more.value(of: "test/accuracy", at: .last)
        == MetricRows(rows: rows).value(of: "test/accuracy", at: .last))
  }

  @Test(
    arguments: [
      ["epoch": 5, "test/accuracy": nil],
      ["epoch": 5, "test/accuracy": 0.4, "diverged/epoch": 5],
    ] as [Value])
  func `a training that diverged has no last value`(row: Value) {
    #expect(throws: MetricRows.Absence.diverged) {
      try MetricRows(rows: rows + [row]).value(of: "test/accuracy", at: .last)
    }
  }
}
