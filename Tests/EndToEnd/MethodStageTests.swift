import Foundation
import Testing

/// The stage kinds of the chapter on transition matrices, on real digits.
@Suite struct MethodStageTests {
  private static let data = """
    seed: 1
    params: { lr: 0.05, epochs: 3, epoch: 2, loss: cross-entropy, batch: 64, milestones: [] }
    stages:
      digits:
        uses: csv-dataset
        inputs: { train: "file:digits.csv.gz" }
        config: { shape: [1, 8, 8], scale: 16, test_every: 4 }
      noisy: { uses: label-noise, inputs: { dataset: digits.dataset }, config: { type: pair, rate: 0.4 } }
      split: { uses: split, inputs: { dataset: noisy.dataset }, config: { validation: 100, train: 600, stratified: false } }

    """

  private static let training = """
      train:
        uses: train
        inputs: { dataset: split.dataset, transition: noisy.transition }
        config:
          model: { mlp: { hidden: [32] } }
          loss: "${params.loss}"
          epochs: "${params.epochs}"
          batch_size: "${params.batch}"
          optimizer: { sgd: { lr: "${params.lr}", momentum: 0.9 } }
          schedule: { milestones: "${params.milestones}", gamma: 1000 }
          on_divergence: stop

    """

  /// A folder with the digits and this pipeline.
  private static func workspace(_ pipeline: String) throws -> Workspace {
    let space = try Workspace()
    try space.write("p.yaml", pipeline)
    try FileManager.default.copyItem(
      atPath: "\(Workspace.package)/pipelines/data/digits.csv.gz",
      toPath: "\(space.path)/digits.csv.gz")
    return space
  }

  /// From this epoch on, counted from 0, the rate is 10³⁰ times as high: nothing survives that.
  private static func leap(at epoch: Int) -> String {
    "milestones=\([Int](repeating: epoch, count: 10))"
  }

  private func run(
    _ space: borrowing Workspace, _ settings: String...
  ) async throws -> Workspace.Result {
    try await space.repro(
      ["run", "p.yaml", "--format", "json"] + settings.flatMap { ["--set", $0] })
  }

  /// The rows of an output of JSON lines.
  private func rows(
    _ output: String, of run: Workspace.Result, in space: borrowing Workspace
  ) async throws -> [[String: Any]] {
    let digest = try #require(try run.digests()[output])
    try? FileManager.default.removeItem(atPath: "\(space.path)/rows.jsonl")
    let shown = try await space.repro("cache", "show", digest, "--to", "rows.jsonl")
    try #require(shown.status == 0, "\(shown.errors)")
    return try space.read("rows.jsonl").split(separator: UInt8(ascii: "\n")).map {
      try #require(try JSONSerialization.jsonObject(with: $0) as? [String: Any])
    }
  }

  @Test func `split takes so many samples, and says how many are left out`() async throws {
    let space = try Self.workspace(Self.data)
    let first = try await run(space)
    try #require(first.status == 0, "\(first.errors)")
    let report = try await rows("split.report", of: first, in: space)
    #expect(report[0]["train"] as? Int == 600 && report[0]["validation"] as? Int == 100)
    #expect(report[0]["left-out"] as? Int == 1348 - 700)
    for wrong in ["validation=1", "validation=2.5"] {
      let refused = try await run(space, "stages.split.\(wrong)")
      #expect(refused.status == 2)
      #expect(refused.errors.contains("must be a share below 1, or a whole number from 2 on"))
    }
    let many = try await run(space, "stages.split.train=2000")
    #expect(many.status == 1 && many.errors.contains("a part of 2000 samples, out of 1248"))
  }

  @Test func `a training that diverges is a result where that is wanted`() async throws {
    let space = try Self.workspace(
      Self.data + Self.training + """
          verdict: { uses: verdict, inputs: { metrics: train.metrics }, config: { classes: 10 } }
          posteriors: { uses: posteriors, inputs: { dataset: split.dataset, checkpoints: train.checkpoints } }
          curves: { uses: clean-first, inputs: { dataset: split.dataset, posteriors: posteriors.posteriors } }
          left: { uses: evaluate, inputs: { dataset: split.dataset, checkpoint: train.checkpoints/last } }
        """)
    let first = try await run(space, Self.leap(at: 0))
    try #require(first.status == 0, "\(first.errors)")
    #expect(first.errors.contains("diverged in epoch 1, step"))
    let metrics = try await rows("train.metrics", of: first, in: space)
    #expect(metrics.count == 1 && metrics[0].count == 3)
    #expect(metrics[0]["epoch"] as? Int == 1 && metrics[0]["diverged/epoch"] as? Int == 1)
    #expect(metrics[0]["diverged/step"] is Int)
    let verdict = try await rows("verdict.verdict", of: first, in: space)
    #expect(verdict[0]["verdict"] as? String == "diverged")
    // The weights that it started from are left, finite as they were.
    let left = try await rows("left.metrics", of: first, in: space)
    #expect((left[0]["test/loss"] as? Double ?? 0) > 2)
    let hash = try #require(first.json()["run"] as? String)
    #expect(try await space.repro("rerun", hash).status == 0)

    // It ends in the first epoch, so a longer one does not get further.
    let longer = try await run(space, Self.leap(at: 0), "epochs=5")
    #expect(try longer.digests()["train.metrics"] == first.digests()["train.metrics"])
    let good = try await run(space)
    #expect(
      try await rows("verdict.verdict", of: good, in: space)[0]["diverged"] as? Int == 0)
    let failed = try await run(space, Self.leap(at: 0), "stages.train.on_divergence=fail")
    #expect(failed.status == 1 && failed.errors.contains("is no longer finite"))
  }

  @Test func `a training that diverges later keeps the epochs before`() async throws {
    let space = try Self.workspace(
      Self.data + Self.training
        + "  kept: { uses: evaluate, inputs: { dataset: split.dataset, checkpoint: train.checkpoints/last } }\n"
    )
    let first = try await run(space, "epochs=4", Self.leap(at: 2))
    try #require(first.status == 0, "\(first.errors)")
    let metrics = try await rows("train.metrics", of: first, in: space)
    try #require(metrics.count == 3, "\(metrics)")
    #expect(metrics.map { $0["epoch"] as? Int } == [1, 2, 3])
    #expect(metrics[1]["test/accuracy"] != nil && metrics[2]["test/accuracy"] == nil)
    #expect(metrics[2]["diverged/epoch"] as? Int == 3)
    let trace = try await rows("train.trace", of: first, in: space)
    #expect(trace.count == 2)
    let kept = try await rows("kept.metrics", of: first, in: space)
    #expect(kept[0]["test/accuracy"] as? Double == metrics[1]["test/accuracy"] as? Double)
  }

  @Test func `train takes every loss, with the matrix where it needs one`() async throws {
    let space = try Self.workspace(Self.data + Self.training)
    var seen: Set<String> = []
    for loss in ["cross-entropy", "forward", "backward", "reweight", "dmi"] {
      let result = try await run(space, "loss=\(loss)", "epochs=2")
      try #require(result.status == 0, "\(loss): \(result.errors)")
      seen.insert(try #require(try result.digests()["train.metrics"]))
      let row = try await rows("train.metrics", of: result, in: space)[0]
      #expect((row["dmi/skipped"] != nil) == (loss == "dmi"))
    }
    #expect(seen.count == 5)
    // Batches of 8 lack a class: nothing is learned, and that is said.
    let small = try await run(space, "loss=dmi", "batch=8", "epochs=2")
    let row = try await rows("train.metrics", of: small, in: space)[1]
    #expect(row["dmi/skipped"] as? Int == 75 && row["train/loss"] as? Double == 0)

    try space.write(
      "p.yaml", Self.data + Self.training.replacing(", transition: noisy.transition", with: ""))
    let missing = try await run(space, "loss=forward")
    #expect(missing.status == 1)
    #expect(missing.errors.contains("loss 'forward' needs the input 'transition'"))
  }

  @Test func `validation labels are noisy: a corrected loss has them told by p · T`() async throws {
    let space = try Self.workspace(Self.data + Self.training)
    // Nine labels of ten are the next class. The corrected network tells the true ones.
    for (loss, tellsTruth) in [("forward", true), ("cross-entropy", false)] {
      let result = try await run(
        space, "stages.noisy.rate=0.9", "loss=\(loss)", "epochs=20")
      try #require(result.status == 0, "\(loss): \(result.errors)")
      let row = try #require(try await rows("train.metrics", of: result, in: space).last)
      let (validation, test) = (row["validation/accuracy"], row["test/accuracy"])
      #expect(try #require(validation as? Double) > 0.6, "\(loss): \(row)")
      #expect(try (#require(test as? Double) > 0.6) == tellsTruth, "\(loss): \(row)")
    }
  }

  @Test func `another epoch of a search costs one estimate`() async throws {
    let space = try Self.workspace(
      Self.data + Self.training + """
          posteriors: { uses: posteriors, inputs: { dataset: split.dataset, checkpoints: train.checkpoints } }
          estimate:
            uses: estimate-transition
            inputs: { posterior: "posteriors.posteriors/epoch-${params.epoch}", truth: noisy.transition }
            config: { percentile: none }
          one: { uses: posterior, inputs: { dataset: split.dataset, checkpoint: "train.checkpoints/epoch-${params.epoch}" } }
          curves: { uses: clean-first, inputs: { dataset: split.dataset, posteriors: posteriors.posteriors } }
        """)
    let first = try await run(space)
    try #require(first.status == 0, "\(first.errors)")
    let other = try await run(space, "epoch=3")
    #expect(try other.executed() == ["estimate", "one"])
    let digest = try #require(try other.digests()["posteriors.posteriors"])
    let shown = try await space.repro("cache", "show", digest)
    #expect(shown.output.contains("epoch-001.npy") && shown.output.contains("epoch-003.npy"))
    #expect(shown.output.contains(String(try #require(other.digests()["one.posterior"]).prefix(8))))
    let curves = try await rows("curves.metrics", of: other, in: space)
    #expect(curves.map { $0["epoch"] as? Int } == [1, 2, 3])
    for row in curves {
      for name in ["clean/accuracy", "noisy/accuracy", "noisy/true-accuracy", "true/accuracy"] {
        #expect((0...1).contains(try #require(row[name] as? Double)))
      }
      #expect(row["clean/loss"] is Double && row["noisy/loss"] is Double)
    }
    let missing = try await run(space, "epoch=4")
    #expect(missing.status == 1 && missing.errors.contains("epoch-4"))
    let some = try await run(space, "stages.posteriors.epochs=[7]")
    #expect(some.status == 1 && some.errors.contains("there is no checkpoint of epoch 7"))
    let clean = try await run(space, "stages.curves.inputs.dataset=digits.dataset")
    #expect(
      clean.status == 1 && clean.errors.contains("the true labels of the data set are not known"))
  }

  @Test func `evaluate counts what is taken for what, and top five`() async throws {
    let space = try Self.workspace(
      Self.data + Self.training
        + "  test: { uses: evaluate, inputs: { dataset: split.dataset, checkpoint: train.checkpoints/last } }\n"
    )
    let first = try await run(space)
    try #require(first.status == 0, "\(first.errors)")
    let row = try #require(try await rows("test.metrics", of: first, in: space).first)
    let (top, accuracy) = (row["test/top-5"] as? Double, row["test/accuracy"] as? Double)
    #expect(try #require(top) >= #require(accuracy))
    let digest = try #require(try first.digests()["test.confusion"])
    #expect(try await space.repro("cache", "show", digest, "--to", "c.npy").status == 0)
    let counts: [Int] = try space.read("c.npy").suffix(800).withUnsafeBytes { bytes in
      (0..<100).map { Int(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)) }
    }
    let diagonal: [Int] = (0..<10).map { counts[11 * $0] }
    #expect(counts.reduce(0, +) == 449)
    #expect(diagonal.reduce(0, +) == row["test/correct"] as? Int)
  }
}
