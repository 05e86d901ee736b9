import Pipelines

/// The stage kinds of these tests: small, and between them of every sort of field.
enum SampleKinds {
  enum Mode: String, CaseIterable {
    case max, min
  }

  static let data = KindSignature(
    name: "fetch", summary: "Brings files here.",
    outputs: [.init("files", isFolder: true, "the files"), .init("list", "their names")]
  ) { fields in
    _ = fields.entries("files", "the files, by name") { _, file in
      _ = file.string("url", "where it is", inKey: false)
      _ = file.string("sha256", "its digest") { $0.utf8.count == 8 ? nil : "must be 8 hex digits" }
    }
  }

  static let noise = KindSignature(
    name: "label-noise", summary: "Flips labels.", inputs: [.init("dataset", "what to flip")],
    outputs: [.init("dataset", isFolder: true, "flipped")], usesSeed: true
  ) { fields in
    _ = fields.string("type", default: "symmetric", "the kind of noise")
    _ = fields.float("rate", in: 0...1, "the part of labels that flip")
    _ = fields.matrix("matrix", in: 0...1, "given rates")
    _ = fields.intMap("map", default: [], in: 0...9, "given flips")
  }

  static let pretrain = KindSignature(
    name: "pretrain", summary: "Trains.",
    inputs: [
      .init("dataset", "what to learn from"),
      .init("checkpoint", required: false, "where to begin"),
    ],
    outputs: [
      .init("checkpoints", isFolder: true, "one for each epoch"), .init("metrics", "one row each"),
    ], usesSeed: true
  ) { fields in
    _ = fields.int("epochs", default: 20, in: 1...10_000, "how long")
    _ = fields.int("batch_size", default: 128, in: 1...Int.max, "how many at once")
    _ = fields.optionalInt("patience", in: 1...100, "when to give up")
    _ = fields.optionalFloat("clip", in: .leastNonzeroMagnitude...10, "the largest gradient")
    _ = fields.bool("augment", default: false, "whether to shift images")
    let milestones = fields.ints("milestones", default: [], in: 1...1000, "when the rate drops")
    _ = fields.floats("momenta", default: [0.9, 0.99], in: 0...(1.0.nextDown), "averages")
    fields.group("stop", "when to stop") { stop in
      _ = stop.choice("mode", default: Mode.max, "what is best")
      _ = stop.string("by", default: "loss", "which metric")
    }
    _ = fields.variant(
      "optimizer", default: "sgd", "how to step",
      [
        ("sgd", { $0.float("lr", default: 0.01, in: 0...10, "the step") }),
        ("adam", { $0.float("lr", default: 0.001, in: 0...10, "the step") }),
      ])
    if milestones != milestones.sorted() { fields.fail("milestones", "must ascend") }
  }

  static let choose = KindSignature(
    name: "choose-epoch", summary: "Chooses.",
    inputs: [.init("metrics", "what to choose by"), .init("checkpoints", "what to choose from")],
    outputs: [.init("checkpoint", "the chosen one")]
  ) { fields in
    _ = fields.string("by", "which metric")
    _ = fields.choice("mode", default: Mode.max, "what is best")
  }

  static let all = [data, noise, pretrain, choose]
}

/// Resolves text with the sample kinds.
func resolve(
  _ text: String, set overrides: [String] = [], file: String = "noisy.yaml"
) throws(PipelineErrors) -> ResolvedPipeline {
  try Pipelines.resolve(
    pipeline: Array(text.utf8), file: file, overrides: overrides, kinds: SampleKinds.all)
}

/// What is said about text that is wrong, or `fine`.
func verdict(_ text: String, set overrides: [String] = []) -> String {
  do {
    _ = try resolve(text, set: overrides)
    return "fine"
  } catch {
    return "\(error)"
  }
}
