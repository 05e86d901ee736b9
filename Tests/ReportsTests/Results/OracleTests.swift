import Documents
import Pipelines
import Reports
import Testing

@Suite struct OracleTests {
  @Test(arguments: [
    "test/accuracy", "test/loss", "estimation error", "T estimation error", "train/true-accuracy",
    "clean/accuracy", "noisy/true accuracy", "transition/error", "transition/normalised-error",
    "estimation-error", "accuracy/test",
  ])
  func `needs the truth`(figure: String) { #expect(Oracle.needsTruth(figure)) }

  @Test(arguments: [
    "validation/accuracy", "train/loss", "epoch", "latest/accuracy", "cleaning/rate", "error",
  ])
  func `can be had without`(figure: String) { #expect(!Oracle.needsTruth(figure)) }

  /// `choose` picks an epoch by the metric, `test` measures what it picked, `other` does not read it.
  private func pipeline(choosingBy metric: String) -> ResolvedPipeline {
    let stage = { (name: String, kind: String, source: String?, config: Value) in
      ResolvedStage(
        name: name, kind: kind,
        inputs: source.map { ["in": .output(stage: $0, output: "out", item: nil)] } ?? [:],
        config: config, seed: nil)
    }
    return ResolvedPipeline(
      name: "p", seed: 1, params: [:],
      stages: [
        stage("train", "pretrain", nil, [:]),
        stage("choose", "choose-epoch", "train", ["by": .string(metric), "mode": "max"]),
        stage("test", "evaluate", "choose", [:]), stage("other", "evaluate", "train", [:]),
        stage("verdict", "verdict", "train", ["by": .string(metric)]),
      ])
  }

  @Test func `a stage above that chooses by the test makes an oracle, one by validation none`() {
    let test = ResultSpec("accuracy", .figure(stage: "test", name: "test/accuracy"))
    let other = ResultSpec("accuracy", .figure(stage: "other", name: "test/accuracy"))
    #expect(Oracle.chose(test, in: pipeline(choosingBy: "test/accuracy")))
    #expect(!Oracle.chose(test, in: pipeline(choosingBy: "validation/accuracy")))
    #expect(!Oracle.chose(other, in: pipeline(choosingBy: "test/accuracy")))
    // A verdict goes by the test, too, but takes nothing by it.
    let verdict = ResultSpec("diverged", .figure(stage: "verdict", name: "diverged"))
    #expect(!Oracle.chose(verdict, in: pipeline(choosingBy: "test/accuracy")))
  }

  @Test func `so does the best row by the test`() {
    let best = { (metric: String) in
      ResultSpec(
        "a",
        .metric(
          stage: "train", output: "metrics", name: "test/accuracy",
          at: .best(by: metric, mode: .max)))
    }
    let pipeline = pipeline(choosingBy: "loss")
    #expect(Oracle.chose(best("test/accuracy"), in: pipeline))
    #expect(!Oracle.chose(best("validation/accuracy"), in: pipeline))
  }
}
