import Documents

/// A stage as far as it can be read without looking at the others.
struct StageDraft {
  struct Input {
    let name: String
    /// Without a value when it was found wrong.
    let reference: InputReference?
    let place: SourceLocation
  }

  /// What others may read from it.
  struct Output {
    let name: String
    /// `nil` when that is known only after it was made.
    let isFolder: Bool?
  }

  let name: String
  let kindName: String
  /// None when the kind is unknown; then nothing that depends on it is checked.
  let outputs: [Output]?
  var inputs: [Input] = []
  var config: Value = [:]
  var keyedConfig: Value = [:]
  var seed: UInt64?
  var limits = StageLimits()
  var reproducible = Reproducibility.bitwise
  let place: SourceLocation
}

/// Reads one stage by itself: its kind, seed, inputs and config.
struct StageReader {
  let name: String
  let place: SourceLocation
  let entries: [Node.Entry]
  let kinds: [String: KindSignature]
  private(set) var problems: [PipelineError] = []

  var owner: String { "stage \(quoted(name))" }

  /// The stage, as far as there is something to go on; `defaultSeed` is the pipeline's.
  mutating func read(defaultSeed: UInt64) -> StageDraft? {
    checkName()
    if entry("run") != nil { return readCommand(defaultSeed: defaultSeed) }
    checkKeys(["uses", "inputs", "config", "seed"] + Self.limitKeys, elsewhere: ["reproducible"])
    refuseReproducibility()
    guard let kindName = readKindName() else { return nil }
    let kind = kinds[kindName]
    var draft = StageDraft(
      name: name, kindName: kindName,
      outputs: kind?.outputs.map { .init(name: $0.name, isFolder: $0.isFolder) }, place: place)
    draft.limits = readLimits()
    draft.inputs = readInputs(kind)
    if let kind {
      draft.seed = readSeed(kind, default: defaultSeed)
      readConfig(kind, into: &draft)
    }
    return draft
  }

  init(_ entry: Node.Entry, entries: [Node.Entry], kinds: [String: KindSignature]) {
    name = entry.key
    place = entry.place
    self.entries = entries
    self.kinds = kinds
  }

  func entry(_ key: String) -> Node.Entry? { entries.first { $0.key == key } }

  mutating func report(_ problem: PipelineError.Problem, at place: SourceLocation) {
    problems.append(PipelineError(problem, at: place))
  }

  private mutating func checkName() {
    if let rule = complaintAboutStageName(name) {
      report(.malformedName(name, "a stage", rule: rule), at: place)
    }
  }

  /// Complains of any other key, but not of those that are looked at `elsewhere`.
  mutating func checkKeys(_ allowed: [String], elsewhere: [String] = []) {
    for entry in entries where !(allowed + elsewhere).contains(entry.key) {
      report(.unknownPart(entry.key, owner, allowed: allowed), at: entry.place)
    }
  }

  private mutating func readKindName() -> String? {
    guard let uses = entry("uses") else {
      report(.missingPart("uses", owner), at: place)
      return nil
    }
    guard let kindName = uses.node.text else {
      reportWrong("'uses' of \(owner)", "the name of a kind", uses.node)
      return nil
    }
    if kinds[kindName] == nil {
      report(.unknownKind(kindName, stage: name, allowed: kinds.keys.sorted()), at: uses.node.place)
    }
    return kindName
  }

  private mutating func readSeed(_ kind: KindSignature, default defaultSeed: UInt64) -> UInt64? {
    guard let entry = entry("seed") else { return kind.usesSeed ? defaultSeed : nil }
    guard kind.usesSeed else {
      // An override that adds a seed is written at the option, not in the file.
      report(.seedUnused(stage: name, kind: kind.name), at: entry.node.place)
      return nil
    }
    if entry.node.seed == nil {
      reportWrong("'seed' of \(owner)", Node.seedWords, entry.node)
    }
    return entry.node.seed
  }

  private mutating func readInputs(_ kind: KindSignature?) -> [StageDraft.Input] {
    let node = entry("inputs")?.node
    let given =
      node.map { readMap($0, "'inputs' of \(owner)", "a map like { dataset: STAGE.OUTPUT }") } ?? []
    if let kind, let given { checkInputs(kind, given) }
    return (given ?? []).map { entry in
      StageDraft.Input(
        name: entry.key, reference: readReference(entry), place: entry.node.place)
    }
  }

  private mutating func checkInputs(_ kind: KindSignature, _ given: [Node.Entry]) {
    let names = kind.inputs.map(\.name)
    let unknown = given.filter { !names.contains($0.key) }
    for entry in unknown {
      report(
        .unknownInput(entry.key, stage: name, kind: kind.name, allowed: names), at: entry.place)
    }
    for input in kind.inputs
    where input.required && !given.contains(where: { $0.key == input.name }) {
      // A slip of the name was told of; that the input is missing follows from it.
      if unknown.contains(where: { closest(to: $0.key, in: names) == input.name }) { continue }
      report(
        .missingInput(input.name, stage: name, kind: kind.name, summary: input.summary),
        at: entry("inputs")?.place ?? place)
    }
  }

  private mutating func readReference(_ entry: Node.Entry) -> InputReference? {
    readReference(entry.node, of: entry.key)
  }

  /// What the input of that name reads from.
  mutating func readReference(_ node: Node, of input: String) -> InputReference? {
    if node.isInvalid { return nil }
    guard let text = node.text else {
      reportWrong("input \(quoted(input)) of \(owner)", "text like STAGE.OUTPUT", node)
      return nil
    }
    do throws(PipelineError.Problem) {
      let reference = try InputReference(text, input: input, stage: name)
      if case .output(name, _, _) = reference {
        throw .ownOutput(input: input, stage: name)
      }
      return reference
    } catch {
      report(error, at: node.place)
      return nil
    }
  }

  private mutating func readConfig(_ kind: KindSignature, into draft: inout StageDraft) {
    let config = entry("config")
    var node = config?.node
    if let given = node, given.entries == nil {
      if readMap(given, "'config' of \(owner)", "a map of fields") == nil { return }
      node = nil
    }
    var reader = FieldReader(node, owner: owner, place: place)
    kind.read(&reader)
    reader.reportUnknownFields()
    problems += reader.problems
    draft.config = reader.resolved
    draft.keyedConfig = reader.keyed
  }

  /// The members of a map, none of `null`; `nil` after saying what else stands there.
  mutating func readMap(
    _ node: Node, _ what: String, _ expected: String
  ) -> [Node.Entry]? {
    if node.isNull { return [] }
    if let entries = node.entries { return entries }
    reportWrong(what, expected, node)
    return nil
  }

  mutating func reportWrong(_ what: String, _ expected: String, _ node: Node) {
    if node.isInvalid { return }
    report(.wrongPart(what, expected: expected, found: node.found), at: node.place)
  }
}

extension Node {
  static let seedWords = "a whole number, 0 or more"

  /// A seed: what a signed 64-bit number can hold and is not negative.
  var seed: UInt64? {
    guard case .scalar(.int(let number)) = content else { return nil }
    return UInt64(exactly: number)
  }
}
