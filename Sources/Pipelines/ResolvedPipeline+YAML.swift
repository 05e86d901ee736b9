import Documents

extension ResolvedPipeline {
  /// The pipeline as a file that resolves to it: every default written out, no references to params left.
  ///
  /// `comment` stands at its head, line by line.
  public func yaml(comment: [String] = []) -> String {
    var writer = YAMLWriter()
    for line in comment { writer.writeLine("# \(line)") }
    // Params would have no effect: nothing refers to them any more.
    let head: [(key: String, value: Value)] = [
      ("name", .string(name)), ("seed", value["seed"] ?? 1),
    ]
    writer.write(members: head)
    writer.writeLine("stages:")
    for stage in stages {
      writer.writeLine("  \(YAMLWriter.scalar(stage.name)):")
      writer.write(members: Self.parts(of: stage), indent: 4)
    }
    let results =
      results.map { (key: $0.name, value: $0.written) }
      + (choice.map { [(key: ResultSpec.choiceKey, value: $0.written)] } ?? [])
    if !results.isEmpty {
      writer.writeLine("results:")
      writer.write(
        members: results.map { (key: $0.key, value: $0.value.withReferencesEscaped) }, indent: 2)
    }
    return writer.text
  }

  /// What a stage is first, then what it reads.
  private static func parts(of stage: ResolvedStage) -> [(key: String, value: Value)] {
    var members = stage.value.map ?? [:]
    members["name"] = nil
    let order = ["uses", "run", "inputs", "outputs", "config"]
    let rest = members.filter { !order.contains($0.key) }
    let named = order.compactMap { key in members[key].map { (key: key, value: $0) } }
    return (named + YAMLWriter.sorted(rest)).filter { $0.value != .map([:]) }.map { key, value in
      // In these a reference to a place means what it says, and other text is escaped already.
      (key, key == "run" || key == "env" ? value : value.withReferencesEscaped)
    }
  }
}

extension Value {
  /// The same to a reader who replaces references: `${` written `$${`.
  fileprivate var withReferencesEscaped: Value {
    switch self {
    case .string(let text): .string(text.replacing("${", with: "$${"))
    case .list(let items): .list(items.map(\.withReferencesEscaped))
    case .map(let members): .map(members.mapValues(\.withReferencesEscaped))
    default: self
    }
  }
}
