import Foundation
import Testing

/// Two runs side by side: what went in, what came out, and the figures.
@Suite struct DiffTests {
  private static let pipeline = """
    params: { rate: 0.5, words: one }
    stages:
      data: { uses: csv-dataset, inputs: { train: "file:digits.csv" }, config: { test_every: 4, scale: 16 } }
      noisy: { uses: label-noise, inputs: { dataset: data.dataset }, config: { type: symmetric, rate: "${params.rate}" } }
      say: { run: "echo ${params.words} > o; mkdir f; echo 1 > f/a; echo ${params.words} > f/b", outputs: { o: o, f: f } }
      read: { run: "test -s ${inputs.x}; echo same > o", inputs: { x: say.o }, outputs: { o: o } }
    """

  private func run(_ space: borrowing Workspace, _ arguments: String...) async throws -> String {
    let run = try await space.repro(["run", "p.yaml", "--format", "json"] + arguments)
    try #require(run.status == 0, "\(run.errors)")
    return try #require(run.json()["run"] as? String)
  }

  @Test func `each stage says what went in otherwise, what came out, and its figures`() async throws
  {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline)
    try space.write(
      "digits.csv", (0..<40).map { "\($0 % 17),\(16 - $0 % 17),\($0 % 3)" }.joined(separator: "\n"))
    let first = try await run(space)
    let second = try await run(space, "--set", "rate=0.1", "--set", "words=two")
    let diff = try await space.repro("diff", first, second)
    #expect(diff.status == 0, "\(diff.errors)")
    let said = diff.output
    #expect(!said.contains("data "))
    #expect(said.contains("noisy  config.rate: 0.5 → 0.1"), "\(said)")
    #expect(said.contains("'dataset/train-labels.npy' DIFFERS: "))
    #expect(said.contains("flip rate 0."))
    #expect(
      said.contains(
        "'f/b' DIFFERS: 4 bytes in the first, 4 in the second, the first difference at byte 0"))
    #expect(said.contains("read   input 'x': content "))
    #expect(said.contains("came out the same"))
    #expect(said.hasSuffix("3 of 4 stages differ\n"), "\(said)")
    let document = try await space.repro("diff", first, second, "--format", "json").output
    let stages = try #require(
      try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [[String: Any]])
    #expect(stages.map { $0["same"] as? Bool } == [true, false, false, false])
    let same = try await space.repro("diff", first, String(first.prefix(8)))
    #expect(same.output == "no difference: all 4 stages are the same\n")
  }

  @Test func `of trainings it says where they parted, and of evaluations which samples changed`()
    async throws
  {
    let space = try Workspace()
    try space.write(
      "p.yaml",
      """
      params: { milestones: [] }
      stages:
        data: { uses: csv-dataset, inputs: { train: "file:digits.csv" }, config: { test_every: 4, scale: 16 } }
        train:
          uses: pretrain
          inputs: { dataset: data.dataset }
          config: { model: { mlp: { hidden: [4] } }, epochs: 20, batch_size: 8, optimizer: { sgd: { lr: 0.5 } }, schedule: { milestones: "${params.milestones}", gamma: 0 } }
        test: { uses: evaluate, inputs: { dataset: data.dataset, checkpoint: train.checkpoints/last } }
      """)
    try space.write(
      "digits.csv",
      (0..<40).map { "\($0 % 17),\(16 - $0 % 17),\($0 % 17 > 8 ? 1 : 0)" }.joined(separator: "\n"))
    let first = try await run(space)
    let second = try await run(space, "--set", "milestones=[1]")
    let said = try await space.repro("diff", first, second).output
    let parted = try #require(
      said.range(of: "'trace' DIFFERS: first parted at epoch 2: "), "\(said)")
    let walked = try #require(said.range(of: "'checkpoints/epoch-002.safetensors' DIFFERS: "))
    #expect(parted.lowerBound < walked.lowerBound)
    #expect(said.contains("'predictions' DIFFERS: 4 of 10 samples changed: "), "\(said)")
  }

  @Test func `a stage that only one of them has is named, and bytes that are gone do not matter`()
    async throws
  {
    let space = try Workspace()
    try space.write("p.yaml", "stages:\n  a: { run: echo 1 > o, outputs: { o: o } }\n")
    let first = try await run(space)
    try space.write(
      "p.yaml",
      "stages:\n  a: { run: echo 2 > o, outputs: { o: o } }\n  b: { run: echo 3 > o, outputs: { o: o } }\n"
    )
    let second = try await run(space)
    let diff = try await space.repro("diff", first, second)
    #expect(diff.output.contains("b      only in the second run"), "\(diff.output)")
    #expect(try await space.repro("diff", second, first).output.contains("only in the first run"))
    #expect(try await space.repro("cache", "gc", "--budget", "0").status == 0)
    let evicted = try await space.repro("diff", first, second)
    #expect(evicted.output.contains(" in the first, "), "\(evicted.output)\(evicted.errors)")
    let unknown = try await space.repro("diff", first, "abc")
    #expect(unknown.status == 2 && unknown.errors.contains("no run 'abc'"))
  }
}
