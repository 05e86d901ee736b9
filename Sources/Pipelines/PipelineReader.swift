import Documents

/// Reads the tree of a pipeline file: its parts, then its stages, then what they are to each other.
struct PipelineReader {
  private var root: [Node.Entry]
  private let isMap: Bool
  private let place: SourceLocation
  private let kinds: [String: KindSignature]
  /// Whether the tree was resolved before, so that `${` in it is text.
  private let isResolved: Bool
  private var problems: [PipelineError]
  /// What was read of stages before, here or at other points of a sweep.
  private(set) var known: KnownStages

  init(
    _ root: Node, kinds: [KindSignature], isResolved: Bool = false, problems: [PipelineError] = [],
    known: KnownStages = KnownStages()
  ) {
    self.known = known
    self.root = root.entries ?? []
    isMap = root.entries != nil
    self.isResolved = isResolved
    self.problems = problems
    place = root.place
    self.kinds = Dictionary(kinds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    if !isMap, !root.isInvalid {
      report(
        .wrongPart("a pipeline", expected: "a map with 'stages:' in it", found: root.found),
        at: root.place)
    }
  }

  /// Reads all there is; `name` is for a pipeline that gives itself none.
  ///
  /// - Throws: All that is wrong, in file order.
  mutating func read(
    overrides: [Override], name: String
  ) throws(PipelineErrors) -> ResolvedPipeline {
    checkKeys()
    apply(overrides.filter { if case .stage = $0.target { false } else { true } })
    var parameters = Parameters(map("params") ?? Node(content: .map([]), place: place))
    let params = isResolved ? part("params")?.value ?? [:] : parameters.value()
    let ownName = readName(&parameters, default: name)
    let seed = readSeed(&parameters)
    var stages = readStages(&parameters)
    apply(overrides, to: &stages, &parameters)
    let resultsNode = part("results").map { substituted($0, &parameters) }
    problems += parameters.problems
    let drafts = stages.compactMap { readStage($0, seed: seed) }
    let order = connect(drafts)
    let (results, choice) = readResults(resultsNode, of: drafts)
    if let errors = PipelineErrors(problems) { throw errors }
    return ResolvedPipeline(
      name: ownName, seed: seed, params: params, stages: order.map { ResolvedStage(drafts[$0]) },
      results: results, choice: choice)
  }

  private mutating func report(_ problem: PipelineError.Problem, at place: SourceLocation) {
    problems.append(PipelineError(problem, at: place))
  }

  private func part(_ key: String) -> Node? { root.first { $0.key == key }?.node }

  private func substituted(_ node: Node, _ parameters: inout Parameters) -> Node {
    isResolved ? node : parameters.substitute(node)
  }
}

// MARK: - The parts

extension PipelineReader {
  private mutating func checkKeys() {
    let allowed = ["name", "seed", "params", "sweep", "stages", "results"]
    for entry in root where !allowed.contains(entry.key) {
      report(.unknownPart(entry.key, "the pipeline", allowed: allowed), at: entry.place)
    }
  }

  /// The map behind a key; `nil` when there is nothing, or after saying what else there is.
  private mutating func map(_ key: String) -> Node? {
    guard let node = part(key), !node.isNull, !node.isInvalid else { return nil }
    if node.entries != nil { return node }
    report(
      .wrongPart(
        "'\(key)'", expected: key == "stages" ? "a map of stages, each behind its name" : "a map",
        found: node.found), at: node.place)
    return nil
  }

  private mutating func readName(_ parameters: inout Parameters, default name: String) -> String {
    guard let given = part("name") else {
      return complaintAboutPipelineName(name) == nil ? name : "pipeline"
    }
    let node = substituted(given, &parameters)
    if node.isInvalid { return "" }
    guard let text = node.text else {
      report(.wrongPart("'name'", expected: "text", found: node.found), at: node.place)
      return ""
    }
    if let rule = complaintAboutPipelineName(text) {
      report(.malformedName(text, "a pipeline", rule: rule), at: node.place)
    }
    return text
  }

  private mutating func readSeed(_ parameters: inout Parameters) -> UInt64 {
    guard let given = part("seed") else { return 0 }
    let node = substituted(given, &parameters)
    if node.seed == nil, !node.isInvalid {
      report(.wrongPart("'seed'", expected: Node.seedWords, found: node.found), at: node.place)
    }
    return node.seed ?? 0
  }

  /// The stages as written, references to params replaced where they may stand.
  private mutating func readStages(_ parameters: inout Parameters) -> [Node.Entry] {
    guard let given = part("stages") else {
      if isMap { report(.missingPart("stages", "the pipeline"), at: place) }
      return []
    }
    let stages = map("stages")?.entries ?? []
    if given.isNull || (stages.isEmpty && given.entries != nil) {
      report(.noStages, at: given.place)
    }
    return stages.map { stage in
      guard var entries = stage.node.entries else { return stage }
      for index in entries.indices {
        entries[index].node = substituted(entries[index], &parameters)
      }
      var result = stage
      result.node.content = .map(entries)
      return result
    }
  }

  /// The part of a stage with its references to params replaced, where it may have some.
  private func substituted(_ part: Node.Entry, _ parameters: inout Parameters) -> Node {
    switch part.key {
    case "uses": part.node
    case "run": isResolved ? part.node : parameters.substitute(command: part.node)
    case "env": isResolved ? part.node : part.node.mapMembers { parameters.substitute(command: $0) }
    default: substituted(part.node, &parameters)
    }
  }

  private mutating func readStage(_ entry: Node.Entry, seed: UInt64) -> StageDraft? {
    if entry.node.isInvalid { return nil }
    guard let entries = entry.node.isNull ? [] : entry.node.entries else {
      let what = "stage \(quoted(entry.key))"
      report(
        .wrongPart(what, expected: "a map with 'uses:' in it", found: entry.node.found),
        at: entry.node.place)
      return nil
    }
    let key = KnownStages.Key(entry)
    if let draft = known.draft(key, seed: seed) { return draft }
    var reader = StageReader(entry, entries: entries, kinds: kinds)
    let draft = reader.read(defaultSeed: seed)
    problems += reader.problems
    if let draft, reader.problems.isEmpty { known.keep(draft, key) }
    return draft
  }
}

// MARK: - Overrides

extension PipelineReader {
  /// Applies what does not concern stages.
  private mutating func apply(_ overrides: [Override]) {
    for override in overrides {
      switch override.target {
      case .seed: setPart("seed", to: override.value, at: override.place)
      case .param(let path): setParam(path, override)
      case .stage: break
      }
    }
  }

  private mutating func setPart(_ key: String, to node: Node, at place: SourceLocation) {
    if let index = root.firstIndex(where: { $0.key == key }) {
      root[index].node = node
    } else {
      root.append(Node.Entry(key: key, place: place, node: node))
    }
  }

  private mutating func setParam(_ path: [String], _ override: Override) {
    let params = part("params") ?? Node(content: .map([]), place: place)
    let settable = params.isNull ? Node(content: .map([]), place: place) : params
    switch settable.setting(path[...], to: override.value, creating: false) {
    case .done(let changed):
      if part("params") != nil { setPart("params", to: changed, at: override.place) }
    case .unknown(let allowed):
      let name = path.joined(separator: ".")
      report(
        .unknownOverride(name, allowed: settableNames(path, name, settable, allowed)),
        at: override.place)
    case .blocked(let walked, let found):
      // Params that are no map at all are reported as such.
      if !walked.isEmpty {
        report(.overrideIntoValue(walked.joined(separator: "."), found: found), at: override.place)
      }
    }
  }

  /// What an override may have meant that names no param.
  private func settableNames(
    _ path: [String], _ name: String, _ params: Node, _ neighbours: [String]
  ) -> [String] {
    let stages = part("stages")?.entries ?? []
    if path.count > 1, stages.contains(where: { $0.key == path[0] }) { return ["stages.\(name)"] }
    return path.count > 1 ? neighbours : params.pathsInside(limit: 1000) + ["seed"]
  }

  /// Applies what concerns stages.
  private mutating func apply(
    _ overrides: [Override], to stages: inout [Node.Entry], _ parameters: inout Parameters
  ) {
    for override in overrides {
      guard case .stage(let name, let part) = override.target else { continue }
      guard let index = stages.firstIndex(where: { $0.key == name }) else {
        let allowed = stages.map { "stages.\($0.key)" }
        report(.unknownOverride("stages.\(name)", allowed: allowed), at: override.place)
        continue
      }
      let path: [String] =
        switch part {
        case .seed: ["seed"]
        case .input(let input): ["inputs", input]
        case .config(let names): ["config"] + names
        }
      let value = substituted(override.value, &parameters)
      switch stages[index].node.setting(path[...], to: value, creating: true) {
      case .done(let changed) where changed.isDeeper(than: YAMLReader.maxDepth):
        report(.tooDeep(limit: YAMLReader.maxDepth), at: override.place)
      case .done(let changed): stages[index].node = changed
      case .unknown: break
      case .blocked(let walked, let found):
        // A stage that is no map at all is reported as such.
        if walked.isEmpty { continue }
        let name = (["stages", name] + walked).joined(separator: ".")
        report(.overrideIntoValue(name, found: found), at: override.place)
      }
    }
  }
}

// MARK: - The stages together

extension PipelineReader {
  /// What the pipeline names as its results.
  private mutating func readResults(
    _ node: Node?, of drafts: [StageDraft]
  ) -> (results: [ResultSpec], choice: ResultChoice?) {
    guard let node else { return ([], nil) }
    var reader = ResultsReader(
      drafts, stageNames: (part("stages")?.entries ?? []).map(\.key),
      paramNames: (part("params")?.entries ?? []).map(\.key))
    let read = reader.read(node)
    problems += reader.problems
    return read
  }

  /// Checks what the stages read from each other, and orders them.
  private mutating func connect(_ drafts: [StageDraft]) -> [Int] {
    let names = (part("stages")?.entries ?? []).map(\.key)
    let declared = Set(names)
    let indices = Dictionary(
      drafts.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var sources: [[Int]] = []
    for draft in drafts {
      var reads: [Int] = []
      for input in draft.inputs {
        guard case .output(let source, let output, let item) = input.reference else { continue }
        if let index = indices[source] {
          reads.append(index)
          check(input, of: draft, reads: output, item: item, of: drafts[index])
        } else if !declared.contains(source) {
          report(
            .unknownStage(source, input: input.name, stage: draft.name, allowed: names),
            at: input.place)
        }
      }
      sources.append(reads)
    }
    let order = StageOrder(sources)
    for cycle in order.cycles {
      let stages = cycle.map { drafts[$0].name }
      report(.cycle(stages + stages.prefix(1)), at: drafts[cycle[0]].place)
    }
    return order.order
  }

  private mutating func check(
    _ input: StageDraft.Input, of draft: StageDraft, reads output: String, item: String?,
    of source: StageDraft
  ) {
    guard let outputs = source.outputs else { return }
    guard let found = outputs.first(where: { $0.name == output }) else {
      report(
        .unknownOutput(
          output, of: source.name, kind: source.kindName, input: input.name, stage: draft.name,
          allowed: outputs.map(\.name)),
        at: input.place)
      return
    }
    if let item, found.isFolder == false {
      report(
        .itemOfFile(output: output, item: item, input: input.name, stage: draft.name),
        at: input.place)
    }
  }
}

extension ResolvedStage {
  fileprivate init(_ draft: StageDraft) {
    let inputs = draft.inputs.compactMap { input in input.reference.map { (input.name, $0) } }
    self.init(
      name: draft.name, kind: draft.kindName,
      inputs: Dictionary(inputs, uniquingKeysWith: { first, _ in first }), config: draft.config,
      keyedConfig: draft.keyedConfig, seed: draft.seed, limits: draft.limits,
      reproducible: draft.reproducible, location: draft.place)
  }
}
