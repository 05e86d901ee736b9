import Documents
import Pipelines
import Store

/// A stage as the scheduler takes it, whether it comes from a pipeline file or from a snapshot.
struct StageTask: Sendable {
  let name: String
  let work: Work
  /// The whole config, and the part of it that enters the key.
  let config: Value
  let keyedConfig: Value
  let seed: UInt64?
  let inputs: [String: Snapshot.Source]
  /// The digests of the programs that a command declares.
  var tools: [String: Value] = [:]
  var limits = StageLimits()
  var reproducible = Reproducibility.bitwise

  /// The stages whose outputs this one reads.
  var upstream: Set<String> {
    var names: Set<String> = []
    for case .output(let stage, _, _) in inputs.values { names.insert(stage) }
    return names
  }

  /// What each input contains; `record` tells the records of the stages above.
  func contents(
    in store: Store, from record: (String) -> Record?
  ) throws -> [String: Content] {
    try Dictionary(
      uniqueKeysWithValues: inputs.map { input, source in
        (input, try content(of: source, input: input, in: store, from: record))
      })
  }

  func preimage(_ contents: [String: Content]) -> Preimage {
    Preimage(work: work, config: keyedConfig, seed: seed, inputs: contents, tools: tools)
  }

  private func content(
    of source: Snapshot.Source, input: String, in store: Store, from record: (String) -> Record?
  ) throws -> Content {
    switch source {
    case .file(let content): return content
    case .output(let stage, let output, let item):
      guard let content = record(stage)?.outputs[output] else {
        throw EngineError.missingOutput("\(stage).\(output)", log: [])
      }
      guard let item else { return content }
      let entries = try store.tree(of: content.digest).entries
      guard let found = Self.find(item, among: entries) else {
        throw EngineError.missingItem(
          item, stage: name, input: input, items: entries.map(\.name))
      }
      return found
    }
  }

  /// The item of that name, or else the only one whose name is it up to the extension, or else the only one whose
  /// name up to the extension ends in the same number: `epoch-5` is `epoch-005.npy`.
  private static func find(_ item: String, among entries: [Tree.Entry]) -> Content? {
    if let exact = entries.first(where: { $0.name == item }) { return exact.content }
    let stems = entries.filter { $0.name.hasPrefix(item + ".") }
    if !stems.isEmpty { return stems.count == 1 ? stems[0].content : nil }
    guard let wanted = NumberedName(item[...]) else { return nil }
    let numbered = entries.filter { NumberedName($0.name.prefix { $0 != "." }) == wanted }
    return numbered.count == 1 ? numbered[0].content : nil
  }
}

/// A name that ends in a number, however many zeros that is written with.
private struct NumberedName: Equatable {
  let start: Substring
  let number: UInt64

  /// `nil` for a name without a number at its end, or with one of more than 18 digits.
  init?(_ name: Substring) {
    let digits = name.utf8.reversed().prefix { (48...57).contains($0) }.count
    guard (1...18).contains(digits), let number = UInt64(name.suffix(digits)) else { return nil }
    start = name.dropLast(digits)
    self.number = number
  }
}
