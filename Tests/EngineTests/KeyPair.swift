import Documents
import Engine
import Foundation
import Pipelines
import Store

/// Two pipeline files, of each of which one stage is looked at: the one called `s`, or else the first.
struct KeyPair: CustomStringConvertible, Sendable {
  let title: String
  let one: Keyed
  let other: Keyed

  init(_ title: String, _ one: Keyed, _ other: Keyed) {
    self.title = title
    self.one = one
    self.other = other
  }

  /// Of two texts of which each is a value in a place of no type: the config of a command.
  init(untyped one: String, _ other: String) {
    self.init("\(one) | \(other)", .config("x: \(one)"), .config("x: \(other)"))
  }

  /// Of two texts of which each is the number of a field that holds numbers.
  init(float one: String, _ other: String) {
    self.init(
      "rate: \(one) | \(other)", .kind("rate: \(one)"), .kind("rate: \(other)"))
  }

  var description: String { title }
}

/// A pipeline file and what it would find outside.
struct Keyed: Sendable {
  let text: String
  var overrides: [String] = []
  /// What files contain; any other contains its own path.
  var files: [String: String] = [:]
  /// What programs contain; any other contains its own name.
  var programs: [String: String] = [:]

  init(_ text: String) { self.text = text }

  /// A command with these lines behind `run`, `inputs` and `outputs`.
  static func command(
    run: String = #""go ${inputs.a} ${outputs.o}""#, inputs: String = "{ a: file:a, b: file:b }",
    outputs: String = "{ o: o }", _ more: String = "seed: 1"
  ) -> Keyed {
    Keyed(
      "stages:\n  s:\n    run: \(run)\n    inputs: \(inputs)\n    outputs: \(outputs)\n    \(more)\n"
    )
  }

  static func config(_ inside: String) -> Keyed { command("config: { \(inside) }") }

  static func kind(_ config: String, _ more: String = "seed: 1") -> Keyed {
    Keyed(
      "stages:\n  s: { uses: sampled, inputs: { one: file:a, two: file:b }, config: { \(config) }, \(more) }\n"
    )
  }

  func setting(_ overrides: String...) -> Keyed {
    var copy = self
    copy.overrides = overrides
    return copy
  }

  func finding(files: [String: String] = [:], programs: [String: String] = [:]) -> Keyed {
    var copy = self
    copy.files = files
    copy.programs = programs
    return copy
  }

  func replacing(_ old: String, with new: String) -> Keyed {
    var copy = Keyed(text.replacingOccurrences(of: old, with: new))
    copy.files = files
    return copy
  }
}

extension Keyed {
  /// The stage key.
  func key() throws -> Digest { try preimage().key }

  /// The preimage by the road that a run takes: the file is resolved, then the engine writes it.
  func preimage() throws -> Preimage {
    let kinds = KindRegistry([Constant.self, Length.self, Sampled.self])
    let pipeline = try resolve(
      pipeline: Array(text.utf8), file: "test.yaml", overrides: overrides, kinds: kinds.signatures)
    let stage = pipeline.stages.first { $0.name == "s" } ?? pipeline.stages[0]
    let names = stage.config["tools"]?.list?.compactMap(\.string) ?? []
    return try Preimage(
      of: stage, kinds: kinds, inputs: stage.inputs.mapValues(content),
      tools: Dictionary(
        uniqueKeysWithValues: names.map { ($0, Content(hashing: Array((programs[$0] ?? $0).utf8))) }
      ))
  }

  private func content(of reference: InputReference) -> Content {
    switch reference {
    case .file(let path): Content(hashing: Array((files[path] ?? path).utf8))
    case .output(_, let output, let item): Content(hashing: Array("\(output)/\(item ?? "")".utf8))
    }
  }
}

/// A kind with a field of each sort, two inputs and a seed.
enum Sampled: StageKind {
  static let name = "sampled"
  static let summary = "is looked at, never run"
  static let inputs: [KindSignature.Input] = [
    .init("one", required: false, "this"), .init("two", required: false, "that"),
  ]
  static let outputs: [KindSignature.Output] = [.init("out", "nothing")]
  static let usesSeed = true

  static func read(_ fields: inout FieldReader) {
    _ = fields.float("rate", default: 0.5, "a number")
    _ = fields.int("epochs", default: 20, "a whole number")
    _ = fields.optionalInt("patience", "a whole number or none")
    _ = fields.string("text", default: "", "text")
    _ = fields.bool("augment", default: false, "yes or no")
    _ = fields.floats("momenta", default: [0.9], "numbers")
    _ = fields.intMap("flips", default: [], "numbers to numbers")
    fields.group("stop", "a map") { _ = $0.string("by", default: "loss", "text") }
    _ = fields.variant(
      "optimizer", default: "sgd", "one of two",
      [
        ("sgd", { $0.float("lr", default: 0.01, "the step") }),
        ("adam", { $0.float("lr", default: 0.01, "the step") }),
      ])
  }

  static func run(_ config: Void, _ stage: StageContext) throws {}
}
