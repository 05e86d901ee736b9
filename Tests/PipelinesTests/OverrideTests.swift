import Documents
import Pipelines
import Testing

@Suite struct OverrideTests {
  let text = """
    params: { epochs: 2, seed: 5 }
    stages:
      train:
        uses: pretrain
        inputs: { dataset: file:d }
        config: { epochs: "${params.epochs}", optimizer: adam }
      bare: { uses: pretrain, inputs: { dataset: file:d } }
    """

  private func stage(_ name: String, set overrides: [String]) throws -> ResolvedStage? {
    try resolve(text, set: overrides).stages.first { $0.name == name }
  }

  @Test func `sets fields that are given and fields that are not`() throws {
    let set = ["stages.train.epochs=5", "stages.bare.config.stop.by=accuracy"]
    #expect(try stage("train", set: set)?.config["epochs"] == 5)
    #expect(try stage("bare", set: set)?.config["stop"] == ["by": "accuracy", "mode": "max"])
  }

  @Test func `sets a field inside the short form of a variant`() throws {
    let set = ["stages.train.optimizer.adam.lr=1", "stages.bare.optimizer={sgd: {lr: 2}}"]
    #expect(try stage("train", set: set)?.config["optimizer"] == ["adam": ["lr": 1.0]])
    #expect(try stage("bare", set: set)?.config["optimizer"] == ["sgd": ["lr": 2.0]])
  }

  @Test func `sets seeds and inputs`() throws {
    let set = ["seed=3", "stages.train.seed=4", "stages.bare.inputs.dataset=file:e"]
    #expect(try stage("train", set: set)?.seed == 4)
    #expect(try stage("bare", set: set)?.seed == 3)
    #expect(try stage("bare", set: set)?.inputs["dataset"] == .file("e"))
  }

  @Test func `refers to params`() throws {
    let set = ["params.seed=8", "stages.bare.epochs=${params.seed}", "epochs=6"]
    #expect(try stage("bare", set: set)?.config["epochs"] == 8)
    #expect(try stage("train", set: set)?.config["epochs"] == 6)
  }

  @Test func `means the same as the file that says so`() throws {
    let set = try resolve(text, set: ["epochs=9", "stages.bare.epochs=1"])
    let written = text.replacing("epochs: 2", with: "epochs: 9")
      .replacing("file:d } }", with: "file:d }, config: { epochs: 1 } }")
    #expect(try set.value == resolve(written).value)
  }

  @Test(arguments: ["", "=", ".", "a", "stages=1", "stages.train=1", "stages..x=1", "\u{1b}=1"])
  func `refuses what sets nothing`(override: String) {
    let verdict = verdict(text, set: [override])
    #expect(verdict.hasPrefix("--set ") && !verdict.unicodeScalars.contains("\u{1b}"))
  }

  @Test func `refuses names nested without end`() {
    let name = String(repeating: "a.", count: 100_000)
    #expect(verdict(text, set: ["stages.train.\(name)a=1"]).utf8.count < 1000)
  }
}
