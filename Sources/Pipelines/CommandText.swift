import Documents

/// A piece of a command's text, as it stands in a resolved pipeline.
public enum CommandPart: Equatable, Sendable {
  case text(String)
  /// The path of an input: `${inputs.data}`.
  case input(String)
  /// The path of an output: `${outputs.model}`.
  case output(String)
}

/// Splits the text of a command at its references to inputs and outputs; `$${` stands for `${`.
public func commandParts(_ text: String) -> [CommandPart] {
  expressionParts(text).map { part in
    switch part {
    case .text(let text), .malformed(let text): .text(text)
    case .reference(let path): .text("${\(path)}")
    case .place(let group, let name): group == .inputs ? .input(name) : .output(name)
    }
  }
}

extension Parameters {
  /// `node` — the text of a command, or a list of such — with every reference to a param replaced.
  ///
  /// References to inputs and outputs stay as they are, for whoever knows their paths; text that
  /// would be mistaken for one is escaped.
  mutating func substitute(command node: Node) -> Node {
    switch node.content {
    case .list(let items):
      return Node(content: .list(items.map { substitute(command: $0) }), place: node.place)
    case .scalar(.string(let text)): return expand(command: text, node)
    default: return node
    }
  }

  private mutating func expand(command text: String, _ node: Node) -> Node {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return node }
    var result = ""
    var isInvalid = false
    for part in expressionParts(text) {
      switch part {
      case .text(let text): result += escaped(text)
      case .place(let group, let name): result += "${\(group.rawValue).\(name)}"
      case .reference, .malformed:
        let value = substitute(Node(content: .scalar(.string(part.source)), place: node.place))
        if let spliced = value.splicedText {
          result += escaped(spliced)
          continue
        }
        if !value.isInvalid {
          let path = String(part.source.dropFirst(2).dropLast())
          _ = refuse(.paramIsNoText(path, found: value.found), node)
        }
        isInvalid = true
      }
    }
    let content = isInvalid ? Node.Content.invalid : .scalar(.string(result))
    return Node(content: content, place: node.place)
  }
}

private func escaped(_ text: String) -> String {
  guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
  var result = ""
  var rest = text.unicodeScalars[...]
  while let scalar = rest.first {
    if rest.starts(with: "${".unicodeScalars) { result += "$" }
    result.unicodeScalars.append(scalar)
    rest = rest.dropFirst()
  }
  return result
}
