import Documents
import Engine
import Foundation
import Pipelines

/// Kinds to test the engine with: they write what they are told, so results are known beforehand.
enum Constant: StageKind {
  static let name = "constant"
  static let summary = "writes a text"
  static let inputs: [KindSignature.Input] = []
  static let outputs: [KindSignature.Output] = [.init("text", "the text")]

  static func read(_ fields: inout FieldReader) -> String {
    _ = fields.string("note", default: "", "not in the key", inKey: false)
    return fields.string("text", default: "hello", "what is written")
  }

  static func run(_ text: String, _ stage: StageContext) throws {
    try Data(text.utf8).write(to: URL(filePath: stage.output("text")))
  }
}

/// The length of a text: a different text of the same length stops a change here.
enum Length: StageKind {
  static let name = "length"
  static let summary = "counts bytes"
  static let inputs: [KindSignature.Input] = [
    .init("text", "counted"), .init("other", required: false, "not used"),
  ]
  static let outputs: [KindSignature.Output] = [
    .init("count", "as text"), .init("items", isFolder: true, "one file"),
  ]
  static let usesSeed = true
  static let arithmetic: Int? = 1

  static func read(_ fields: inout FieldReader) -> Int {
    fields.int("times", default: 1, in: 1...100, "multiplied by")
  }

  static func run(_ times: Int, _ stage: StageContext) throws {
    let text = try Data(contentsOf: URL(filePath: stage.input("text")))
    let count = Data(String(text.count * times).utf8)
    try count.write(to: URL(filePath: stage.output("count")))
    try count.write(to: URL(filePath: "\(stage.output("items"))/only.txt"))
  }
}

extension KindRegistry {
  static let samples = KindRegistry([Constant.self, Length.self])
}

func resolved(_ text: String, _ overrides: [String] = []) throws -> ResolvedPipeline {
  try resolve(
    pipeline: Array(text.utf8), file: "test.yaml", overrides: overrides,
    kinds: KindRegistry.samples.signatures)
}
