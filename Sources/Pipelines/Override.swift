import Documents

/// One `--set NAME=VALUE`.
struct Override {
  /// What it sets.
  enum Target: Equatable {
    case seed
    case param([String])
    case stage(String, StagePart)
  }

  enum StagePart: Equatable {
    case seed
    case input(String)
    /// A field, by the names of the maps around it and its own; none for the whole config.
    case config([String])
  }

  let name: String
  let target: Target
  let value: Node

  var place: SourceLocation { value.place }

  init(name: String, target: Target, value: Node) {
    self.name = name
    self.target = target
    self.value = value
  }

  /// Reads `NAME=VALUE`, the option of that number.
  ///
  /// - Throws: What is wrong with `text`, located at the option itself.
  init(_ text: String, number: Int) throws(PipelineErrors) {
    let place = SourceLocation("--set \(text)", number: number)
    let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, let target = Self.target(String(halves[0])) else {
      throw PipelineErrors(.malformedOverride(text), at: place)
    }
    name = String(halves[0])
    self.target = target
    do throws(PipelineError) {
      value = try Self.value(String(halves[1]), place: place)
    } catch {
      throw PipelineErrors(error.problem, at: place)
    }
  }

  /// What a name sets; `nil` where it can name nothing.
  static func target(_ name: String) -> Target? {
    let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    return path.count <= YAMLReader.maxDepth && !path.contains("") ? target(path) : nil
  }

  private static func target(_ path: [String]) -> Target? {
    if path == ["seed"] { return .seed }
    if path[0] == "params", path.count > 1 { return .param(Array(path.dropFirst())) }
    guard path[0] == "stages" else { return .param(path) }
    guard path.count > 2 else { return nil }
    let rest = Array(path.dropFirst(2))
    if rest == ["seed"] { return .stage(path[1], .seed) }
    if rest[0] == "inputs", rest.count == 2 { return .stage(path[1], .input(rest[1])) }
    if rest[0] == "config" { return .stage(path[1], .config(Array(rest.dropFirst()))) }
    return .stage(path[1], .config(rest))
  }

  /// Reads the value as YAML on one line: a scalar, or a list or map in brackets.
  static func value(
    _ text: String, place: SourceLocation
  ) throws(PipelineError) -> Node {
    let bytes = try checkedText(Array(text.utf8), file: "")
    var reader = YAMLReader(bytes, origin: .option(place))
    let node = try reader.document() ?? Node(content: .scalar(.null), place: place)
    if let problem = reader.problems.first { throw problem }
    if reader.hasBlockCollection || text.contains(where: \.isNewline) {
      throw PipelineError(.overrideNotFlow, at: place)
    }
    if node.isNull, text.drop(while: { $0 == " " }).hasPrefix("#") {
      throw PipelineError(.overrideIsComment, at: place)
    }
    return node
  }
}

extension Override.Target {
  /// Whether this is a part of what the other names, and not all of it.
  func lies(inside other: Override.Target) -> Bool {
    path.count > other.path.count && path.starts(with: other.path)
  }

  private var path: [String] {
    switch self {
    case .seed: ["seed"]
    case .param(let path): ["params"] + path
    case .stage(let name, .seed): ["stages", name, "seed"]
    case .stage(let name, .input(let input)): ["stages", name, "inputs", input]
    case .stage(let name, .config(let path)): ["stages", name, "config"] + path
    }
  }
}

extension Node {
  /// What comes of setting something inside a tree.
  enum Edit {
    case done(Node)
    /// There is nothing of that name; there are these.
    case unknown(allowed: [String])
    /// What was found on the way has no inside.
    case blocked(path: [String], found: Found)
  }

  /// The tree with `value` at `path`.
  ///
  /// What is missing on the way is added if `creating`, and refused otherwise. Text on the way that
  /// equals the next name is then taken for the short form of a variant.
  func setting(
    _ path: ArraySlice<String>, to value: Node, creating: Bool, walked: [String] = []
  ) -> Edit {
    guard let name = path.first else { return .done(value) }
    if isInvalid { return .done(self) }
    guard var entries = editableEntries(next: name, creating: creating) else {
      return .blocked(path: walked, found: found)
    }
    let walkedOn = walked + [name]
    let index = entries.firstIndex { $0.key == name }
    guard index != nil || creating else {
      return .unknown(allowed: entries.map { (walked + [$0.key]).joined(separator: ".") })
    }
    let inner = index.map { entries[$0].node } ?? Node(content: .map([]), place: value.place)
    let edit = inner.setting(path.dropFirst(), to: value, creating: creating, walked: walkedOn)
    guard case .done(let changed) = edit else { return edit }
    if let index {
      entries[index].node = changed
    } else {
      entries.append(Entry(key: name, place: value.place, node: changed))
    }
    return .done(Node(content: .map(entries), place: place))
  }

  private func editableEntries(next name: String, creating: Bool) -> [Entry]? {
    if let entries { return entries }
    guard creating else { return nil }
    if isNull { return [] }
    guard text == name else { return nil }
    return [Entry(key: name, place: place, node: Node(content: .map([]), place: place))]
  }

  /// The dotted names of everything in a map that has no names inside, in order, the first `limit`.
  func pathsInside(limit: Int) -> [String] {
    guard let entries else { return [] }
    var paths: [String] = []
    for entry in entries where paths.count < limit {
      let inner = entry.node.pathsInside(limit: limit - paths.count)
      paths += inner.isEmpty ? [entry.key] : inner.map { "\(entry.key).\($0)" }
    }
    return paths
  }
}
