import Documents
import Pipelines
import Testing

@Suite struct ResultsTests {
  static let stages = """
    name: study
    params: { metric: test/accuracy, epoch: 5 }
    stages:
      train: { uses: pretrain, inputs: { dataset: "file:data" } }
      noisy: { uses: label-noise, inputs: { dataset: "file:data" }, config: { rate: 0.4 } }

    """

  private func resolve(_ results: String) throws -> ResolvedPipeline {
    try Pipelines.resolve(
      pipeline: Array((Self.stages + results).utf8), file: "p.yaml", kinds: SampleKinds.all)
  }

  static let all = """
    results:
      zeta: noisy/estimation error
      accuracy: train/test/accuracy
      at the end: { of: train.metrics, metric: "${params.metric}" }
      alpha: { of: train.metrics, metric: test/accuracy, at: { best: validation/accuracy } }
      least: { of: train.metrics, metric: loss, at: { best: loss, mode: min }, better: lower, digits: 2 }
      fifth: { of: train.metrics, metric: loss, at: { epoch: 5 } }
      mean: { of: train.metrics, metric: loss, at: { mean-of-last: 10 } }
      long: { of: noisy, metric: estimation error, better: lower }
      choose: { over: epoch, by: zeta, mode: min }
    """

  private let metrics = { (name: String, row: RowChoice) -> ResultSpec.Source in
    .metric(stage: "train", output: "metrics", name: name, at: row)
  }

  @Test func `are read in file order, in every form`() throws {
    let pipeline = try resolve(Self.all)
    #expect(
      pipeline.results == [
        ResultSpec("zeta", .figure(stage: "noisy", name: "estimation error")),
        ResultSpec("accuracy", .figure(stage: "train", name: "test/accuracy")),
        ResultSpec("at the end", metrics("test/accuracy", .last)),
        ResultSpec(
          "alpha", metrics("test/accuracy", .best(by: "validation/accuracy", mode: .max))),
        ResultSpec(
          "least", metrics("loss", .best(by: "loss", mode: .min)), better: .lower, digits: 2),
        ResultSpec("fifth", metrics("loss", .epoch(5))),
        ResultSpec("mean", metrics("loss", .meanOfLast(10))),
        ResultSpec("long", .figure(stage: "noisy", name: "estimation error"), better: .lower),
      ])
    #expect(pipeline.choice == ResultChoice(over: "epoch", by: "zeta", mode: .min))
  }

  @Test func `come back from what is on record, and from what is printed`() throws {
    let pipeline = try resolve(Self.all)
    let recorded = try ResolvedPipeline(value: pipeline.value, kinds: SampleKinds.all)
    let printed = try Pipelines.resolve(
      pipeline: Array(pipeline.yaml().utf8), file: "p.yaml", kinds: SampleKinds.all)
    for again in [recorded, printed] {
      #expect(again.results == pipeline.results, "\(pipeline.yaml())")
      #expect(again.choice == pipeline.choice)
    }
    #expect(recorded.value == pipeline.value)
  }

  @Test func `stand nowhere where there are none`() throws {
    for text in ["", "results:\n", "results: {}\n"] {
      let pipeline = try resolve(text)
      #expect(pipeline.results.isEmpty && pipeline.choice == nil)
      #expect(pipeline.value["results"] == nil && !pipeline.yaml().contains("results"))
    }
  }
}
