import Documents

/// Reading a stage that runs a command.
extension StageReader {
  private static let commandKeys =
    [
      "run", "inputs", "outputs", "config", "env", "seed", "threads", "tools", "sandbox",
      "checkpoints", "reproducible",
    ]
    + limitKeys

  mutating func readCommand(defaultSeed: UInt64) -> StageDraft {
    checkKeys(Self.commandKeys)
    let inputs = readPlacedInputs()
    let outputs = readOutputs(inputs: inputs)
    var draft = StageDraft(
      name: name, kindName: CommandFields.kind,
      outputs: outputs.map { .init(name: $0.name, isFolder: nil) }, place: place)
    draft.inputs = inputs.map(\.input)
    draft.seed = readCommandSeed(default: defaultSeed)
    draft.limits = readLimits()
    draft.reproducible = readReproducibility()
    readCommandThreads(into: &draft)
    let places = Places(inputs: inputs.map(\.input.name), outputs: outputs.map(\.name))
    var config: [String: Value] = [
      "run": readRun(places), "env": readEnvironment(places), "tools": readTools(),
      "params": readParams(),
      "outputs": .map(outputs.reduce(into: [:]) { $0[$1.name] = .string($1.path) }),
    ]
    let placed = inputs.filter { $0.path != nil }
    if !placed.isEmpty {
      config["at"] = .map(placed.reduce(into: [:]) { $0[$1.input.name] = .string($1.path ?? "") })
    }
    if !readSandbox() { config["sandbox"] = false }
    let taken =
      placed.map { (name: $0.input.name, path: $0.path ?? "") }
      + outputs.map { (name: $0.name, path: $0.path) }
    if let folder = readCheckpoints(among: taken) { config["checkpoints"] = .string(folder) }
    draft.config = .map(config)
    draft.keyedConfig = draft.config
    return draft
  }

  private mutating func unfit(_ field: String, _ complaint: String, _ node: Node) {
    if node.isInvalid { return }
    report(.unfit(field: field, owner, complaint), at: node.place)
  }

  // MARK: Inputs and outputs

  private struct PlacedInput {
    let input: StageDraft.Input
    /// Where the command finds it, if not under `inputs/`.
    let path: String?
  }

  private mutating func readPlacedInputs() -> [PlacedInput] {
    guard let node = entry("inputs")?.node else { return [] }
    let given = readMap(node, "'inputs' of \(owner)", "a map like { data: STAGE.OUTPUT }") ?? []
    var paths: [(name: String, path: String)] = []
    var inputs: [PlacedInput] = []
    var variables: [String: String] = [:]
    for entry in given {
      checkPlaceName(entry, "an input", &variables)
      let (from, path) = readPlacement(entry)
      if let path { checkPath(path, of: "inputs.\(entry.key).at", among: paths, entry.node) }
      if let path { paths.append((entry.key, path)) }
      let reference = from.flatMap { readReference($0, of: entry.key) }
      inputs.append(
        PlacedInput(
          input: .init(name: entry.key, reference: reference, place: (from ?? entry.node).place),
          path: path))
    }
    return inputs
  }

  /// `STAGE.OUTPUT`, or `{ from: STAGE.OUTPUT, at: PATH }`.
  private mutating func readPlacement(_ entry: Node.Entry) -> (from: Node?, path: String?) {
    guard let members = entry.node.entries else { return (entry.node, nil) }
    let what = "input \(quoted(entry.key)) of \(owner)"
    for member in members where member.key != "from" && member.key != "at" {
      report(.unknownPart(member.key, what, allowed: ["from", "at"]), at: member.place)
    }
    if entry.node["from"] == nil { report(.missingPart("from", what), at: entry.place) }
    guard let at = entry.node["at"] else { return (entry.node["from"], nil) }
    if at.text == nil { reportWrong("'at' of \(what)", "a path", at) }
    return (entry.node["from"], at.text)
  }

  private mutating func readOutputs(
    inputs: [PlacedInput]
  ) -> [(name: String, path: String)] {
    guard let node = entry("outputs")?.node else { return [] }
    let given = readMap(node, "'outputs' of \(owner)", "a map like { model: model.pt }") ?? []
    var taken = inputs.compactMap { input in input.path.map { (name: input.input.name, path: $0) } }
    var outputs: [(name: String, path: String)] = []
    var variables: [String: String] = [:]
    for entry in given {
      checkPlaceName(entry, "an output", &variables)
      guard let written = entry.node.text else {
        reportWrong("output \(quoted(entry.key)) of \(owner)", "a path", entry.node)
        continue
      }
      // `model/` is a folder to the reader; to us it is what the command makes it.
      let path = written.hasSuffix("/") ? String(written.dropLast()) : written
      checkPath(path, of: "outputs.\(entry.key)", among: taken, entry.node)
      taken.append((entry.key, path))
      outputs.append((entry.key, path))
    }
    return outputs
  }

  /// The names become variables, where `a-b` and `a_b` would be one.
  private mutating func checkPlaceName(
    _ entry: Node.Entry, _ what: String, _ variables: inout [String: String]
  ) {
    if let rule = complaintAboutPlaceName(entry.key) {
      report(.malformedName(entry.key, what, rule: rule), at: entry.place)
    }
    let variable = entry.key.uppercased().replacing("-", with: "_")
    if let other = variables.updateValue(entry.key, forKey: variable) {
      report(
        .malformedName(
          entry.key, what, rule: "as a variable it is the same as \(quoted(other))"),
        at: entry.place)
    }
  }

  /// No two places may be one, or one inside the other.
  private mutating func checkPath(
    _ path: String, of field: String, among taken: [(name: String, path: String)], _ node: Node
  ) {
    if let complaint = complaintAboutPath(path) {
      return unfit(field, "names \(quoted(path)): \(complaint)", node)
    }
    if arePathsInEachOthersWay(path, "inputs") {
      return unfit(field, "names \(quoted(path)): the folder 'inputs' is for inputs", node)
    }
    for (name, other) in taken where arePathsInEachOthersWay(path, other) {
      return unfit(field, "names \(quoted(path)), which is in the way of \(quoted(name))", node)
    }
  }

  // MARK: The command

  private struct Places {
    let inputs: [String]
    let outputs: [String]
  }

  private mutating func readRun(_ places: Places) -> Value {
    guard let node = entry("run")?.node, !node.isInvalid else { return "" }
    if case .list(let items) = node.content {
      if items.isEmpty { unfit("run", "must name a program", node) }
      let arguments = items.map { readText($0, "run", "text", places) ?? "" }
      if arguments.first == "", items.first?.text == "" {
        unfit("run", "must name a program", node)
      }
      return .list(arguments.map(Value.string))
    }
    guard let line = node.text else {
      reportWrong("'run' of \(owner)", "a line for sh, or a list of arguments", node)
      return ""
    }
    if line.allSatisfy(\.isWhitespace) { unfit("run", "must not be empty", node) }
    return .string(readText(node, "run", "text", places) ?? "")
  }

  /// The text of a scalar whose references lead somewhere.
  private mutating func readText(
    _ node: Node, _ field: String, _ expected: String, _ places: Places
  ) -> String? {
    guard let text = node.splicedText else {
      reportWrong("\(quoted(field)) of \(owner)", expected, node)
      return nil
    }
    // One argument of a program is bounded by the kernel, and a zero ends it.
    if text.utf8.contains(0) { unfit(field, "must not contain the character U+0000", node) }
    if text.utf8.count > 100_000 { unfit(field, "must not be longer than 100,000 bytes", node) }
    // A text may refer to one place many times: it is told of once.
    var told: Set<String> = []
    for part in commandParts(text) {
      let (group, name, names) =
        switch part {
        case .input(let name): ("inputs", name, places.inputs)
        case .output(let name): ("outputs", name, places.outputs)
        case .text: ("", "", [""])
        }
      guard !isAmong(names, name), told.insert("\(group).\(name)").inserted else { continue }
      report(
        .unknownPlace(
          "\(group).\(name)", stage: self.name, allowed: names.map { "\(group).\($0)" }),
        at: node.place)
    }
    return text
  }

  /// Whether the name is one of these to the last byte: a path is made of it.
  private func isAmong(_ names: [String], _ name: String) -> Bool {
    names.contains { $0.utf8.elementsEqual(name.utf8) }
  }

  private mutating func readEnvironment(_ places: Places) -> Value {
    guard let node = entry("env")?.node else { return [:] }
    var variables: [String: Value] = [:]
    for entry in readMap(node, "'env' of \(owner)", "a map of variables") ?? [] {
      if let rule = complaintAboutVariable(entry.key) {
        report(.malformedName(entry.key, "a variable", rule: rule), at: entry.place)
      }
      variables[entry.key] = .string(
        readText(entry.node, "env.\(entry.key)", "text", places) ?? "")
    }
    return .map(variables)
  }

  private mutating func readTools() -> Value {
    guard let node = entry("tools")?.node, !node.isNull, !node.isInvalid else { return [] }
    guard case .list(let items) = node.content else {
      reportWrong("'tools' of \(owner)", "a list of programs, like [python3]", node)
      return []
    }
    var names: Set<String> = []
    for item in items {
      guard let name = item.text else {
        reportWrong("'tools' of \(owner)", "a list of programs, like [python3]", item)
        continue
      }
      if let complaint = complaintAboutFileName(name) {
        unfit("tools", "names \(quoted(name)), which \(complaint)", item)
      }
      // To sets and maps two ways of writing an accent are one name: one of the two would be lost.
      if let other = names.first(where: { $0 == name && !$0.utf8.elementsEqual(name.utf8) }) {
        unfit("tools", "names \(quoted(name)), which reads the same as \(quoted(other))", item)
      }
      names.insert(name)
    }
    return .list(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map(Value.string))
  }

  private mutating func readParams() -> Value {
    guard let node = entry("config")?.node else { return [:] }
    guard let members = readMap(node, "'config' of \(owner)", "a map of params") else { return [:] }
    return Node(content: .map(members), place: node.place).value
  }

  // MARK: The rest

  /// The pipeline's seed unless the stage has its own; `null` says that the program uses none.
  private mutating func readCommandSeed(default defaultSeed: UInt64) -> UInt64? {
    guard let entry = entry("seed") else { return defaultSeed }
    if entry.node.isNull { return nil }
    if entry.node.seed == nil {
      reportWrong("'seed' of \(owner)", "\(Node.seedWords), or null", entry.node)
    }
    return entry.node.seed
  }

  private mutating func readCommandThreads(into draft: inout StageDraft) {
    guard let entry = entry("threads"), !entry.node.isNull else { return }
    if draft.limits.threads != nil {
      unfit("threads", "is given twice, also as 'resources.threads'", entry.node)
    }
    draft.limits.threads = readThreads(entry.node, "'threads'")
  }

  /// The folder that the command finds again as it left it when it was killed.
  private mutating func readCheckpoints(
    among taken: [(name: String, path: String)]
  ) -> String? {
    guard let node = entry("checkpoints")?.node, !node.isNull, !node.isInvalid else { return nil }
    guard let written = node.text else {
      reportWrong("'checkpoints' of \(owner)", "the path of a folder, like checkpoints/", node)
      return nil
    }
    let path = written.hasSuffix("/") ? String(written.dropLast()) : written
    checkPath(path, of: "checkpoints", among: taken, node)
    return path
  }

  private mutating func readSandbox() -> Bool {
    guard let node = entry("sandbox")?.node, !node.isNull, !node.isInvalid else { return true }
    switch node.content {
    case .scalar(.bool(let isOn)): return isOn
    case .scalar(.string("on")): return true
    case .scalar(.string("off")): return false
    default:
      reportWrong("'sandbox' of \(owner)", "on or off", node)
      return true
    }
  }
}
