/// A piece of text in which params may be referred to.
enum ExpressionPart: Equatable {
  /// What of a command's own a text may refer to.
  enum Group: String {
    case inputs, outputs
  }

  case text(String)
  /// `params.noise.rate`, as written in `${params.noise.rate}`.
  case reference(String)
  /// `${inputs.data}`, `${outputs.model}`: paths that only commands have.
  case place(Group, String)
  /// `${…}` that refers to no param, or a `${` that is never closed.
  case malformed(String)
}

/// Splits text at its references. `$${` stands for the characters `${`.
func expressionParts(_ text: String) -> [ExpressionPart] {
  var parts: [ExpressionPart] = []
  var plain = ""
  var rest = text.unicodeScalars[...]
  func matches(_ start: String) -> Bool { rest.starts(with: start.unicodeScalars) }
  while let scalar = rest.first {
    if matches("$${") {
      plain += "${"
      rest = rest.dropFirst(3)
    } else if matches("${") {
      if !plain.isEmpty { parts.append(.text(plain)) }
      plain = ""
      guard let end = rest.firstIndex(of: "}") else {
        return parts + [.malformed(String(rest))]
      }
      parts.append(reference(String(rest[..<end].dropFirst(2))))
      rest = rest[end...].dropFirst()
    } else {
      plain.unicodeScalars.append(scalar)
      rest = rest.dropFirst()
    }
  }
  return plain.isEmpty ? parts : parts + [.text(plain)]
}

extension ExpressionPart {
  /// As it was written.
  var source: String {
    switch self {
    case .text(let text), .malformed(let text): text
    case .reference(let path): "${\(path)}"
    case .place(let group, let name): "${\(group.rawValue).\(name)}"
    }
  }
}

private func reference(_ inside: String) -> ExpressionPart {
  let path = inside.drop { $0 == " " }.prefix { $0 != " " }
  let isOneWord = inside.drop { $0 == " " }.dropFirst(path.count).allSatisfy { $0 == " " }
  let halves = path.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
  if isOneWord, halves.count == 2, !halves[1].isEmpty,
    let group = ExpressionPart.Group(rawValue: String(halves[0]))
  {
    return .place(group, String(halves[1]))
  }
  let names = path.split(separator: ".", omittingEmptySubsequences: false)
  let isPath =
    isOneWord && names.count > 1 && names[0] == "params" && !names.contains { $0.isEmpty }
  return isPath ? .reference(String(path)) : .malformed("${\(inside)}")
}
