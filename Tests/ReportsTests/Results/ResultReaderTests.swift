import Documents
import Engine
import Foundation
import Pipelines
import Reports
import Store
import Testing

@Suite struct ResultReaderTests {
  private static let spec = ResultSpec(
    "accuracy", .metric(stage: "train", output: "metrics", name: "accuracy", at: .last))

  private func outcome(_ record: Record, in scratch: ScratchStore) throws -> ResultOutcome {
    let pipeline = ResolvedPipeline(
      name: "p", seed: 1, params: [:], stages: [], results: [Self.spec])
    var reader = ResultReader(scratch.store)
    return try reader.outcome(
      of: Self.spec, at: StudyPoint(values: [], pipeline: pipeline, records: ["train": record]))
  }

  @Test func `reads a row of metrics`() throws {
    let scratch = try ScratchStore()
    let metrics = try scratch.put(
      "{\"accuracy\":0.25,\"epoch\":1}\n{\"accuracy\":0.5,\"epoch\":2}\n")
    let record = Made.record(figures: [:], outputs: ["metrics": metrics])
    #expect(try outcome(record, in: scratch) == .value(0.5))
  }

  @Test func `metrics that were evicted, are missing or damaged are said to be`() throws {
    let scratch = try ScratchStore()
    let metrics = try scratch.put("{\"accuracy\":0.25}\n")
    let record = Made.record(figures: [:], outputs: ["metrics": metrics])
    let evicted = Record(
      key: record.key, preimage: record.preimage, outputs: record.outputs, isEvicted: true)
    #expect(
      try outcome(evicted, in: scratch) == .lost(output: "train.metrics", isDamaged: false))
    let name = metrics.digest.description
    let path = "\(scratch.store.path)/objects/\(name.prefix(2))/\(name.dropFirst(2))"
    try FileManager.default.removeItem(atPath: path)
    #expect(try outcome(record, in: scratch) == .lost(output: "train.metrics", isDamaged: true))
  }

  @Test(arguments: ["", "0.5\n", "{\"accuracy\":", "\u{0}\u{1}"])
  func `what is no metrics is named`(text: String) throws {
    let scratch = try ScratchStore()
    let record = Made.record(figures: [:], outputs: ["metrics": try scratch.put(text)])
    #expect(said { try outcome(record, in: scratch) }.contains("'train.metrics' holds no metrics"))
  }

  @Test func `a column that no row has is named with those there are`() throws {
    let scratch = try ScratchStore()
    let metrics = try scratch.put("{\"acuracy\":0.25,\"epoch\":1}\n")
    let record = Made.record(figures: [:], outputs: ["metrics": metrics])
    #expect(
      said { try outcome(record, in: scratch) } == """
        result 'accuracy': no row of 'train.metrics' has the metric 'accuracy'
        did you mean 'acuracy'?
        """)
  }
}
