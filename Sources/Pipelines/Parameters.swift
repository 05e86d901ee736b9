import Documents

/// The params of a pipeline, and what becomes of values that refer to them.
///
/// A reference is resolved when it is met, once for each path, in bounded space: params that double
/// each other many times over are refused before they are built.
struct Parameters {
  /// How many values, and how many bytes of text, references may stand for in all.
  static let maxExpansion = 1 << 20
  /// How far references may lead through references and nesting; bounds the depth of the stack.
  static let maxDepth = 128

  private struct Resolved {
    let node: Node
    let size: Int
    let height: Int
  }

  private struct Members {
    let indices: [String: Int]
    let paths: [String]
  }

  private let root: Node
  private var resolved: [String: Resolved] = [:]
  /// By the path of the map; replacing references moves no member.
  private var members: [String: Members] = [:]
  /// The paths being resolved, outermost first.
  private var open: [String] = []
  /// The paths that lead back to themselves.
  private var cyclic: Set<String> = []
  private var expanded = 0
  /// Whether a limit was met, which is told of once and ends all replacing.
  private var isExhausted = false
  private(set) var problems: [PipelineError] = []

  /// - Parameter root: The map behind `params:`, overrides applied.
  init(_ root: Node) { self.root = root }

  /// The params themselves, without references.
  mutating func value() -> Value { substitute(root).value }

  /// `node` with every reference in it replaced.
  ///
  /// A reference that is the whole of a value becomes the param with its type and its place; inside
  /// text it becomes text.
  mutating func substitute(_ node: Node) -> Node { substitute(node, depth: 0, level: 0) }

  /// `depth` is how deep the result will lie in what is built, `level` how deep this call lies.
  private mutating func substitute(_ node: Node, depth: Int, level: Int) -> Node {
    if isExhausted { return invalid(node) }
    if level > Self.maxDepth {
      isExhausted = true
      return refuse(.expansionTooLong(limit: Self.maxDepth), node)
    }
    if depth > YAMLReader.maxDepth {
      return refuse(.tooDeep(limit: YAMLReader.maxDepth), node)
    }
    var result = node
    switch node.content {
    case .scalar(.string(let text)): return expand(text, node, depth: depth, level: level)
    case .scalar, .invalid: break
    case .list(let items):
      result.content = .list(
        items.map { substitute($0, depth: depth + 1, level: level + 1) })
    case .map(var entries):
      for index in entries.indices {
        entries[index].node = substitute(entries[index].node, depth: depth + 1, level: level + 1)
      }
      result.content = .map(entries)
    }
    return result
  }

  private mutating func expand(_ text: String, _ node: Node, depth: Int, level: Int) -> Node {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return node }
    let parts = expressionParts(text)
    if case .reference(let path) = parts.first, parts.count == 1 {
      guard let param = param(path, at: node, level: level) else { return invalid(node) }
      if depth + param.height > YAMLReader.maxDepth {
        return refuse(.tooDeep(limit: YAMLReader.maxDepth), node)
      }
      return param.node
    }
    var spliced = ""
    var isInvalid = false
    for part in parts {
      switch part {
      case .text(let text): spliced += text
      case .malformed, .place:
        isInvalid = true
        _ = refuse(.malformedExpression(part.source), node)
      case .reference(let path):
        guard let param = param(path, at: node, level: level), !param.node.isInvalid else {
          isInvalid = true
          continue
        }
        if let text = param.node.splicedText {
          spliced += text
        } else {
          isInvalid = true
          _ = refuse(.paramIsNoText(path, found: param.node.found), node)
        }
      }
    }
    if isInvalid { return invalid(node) }
    return Node(content: .scalar(.string(spliced)), place: node.place)
  }

  /// The param behind a path; `nil` after noting why there is none, or when that was noted before.
  private mutating func param(_ path: String, at node: Node, level: Int) -> Resolved? {
    if isExhausted { return nil }
    guard let param = lookUp(path, at: node, level: level) else { return nil }
    expanded += param.size
    if expanded > Self.maxExpansion {
      isExhausted = true
      _ = refuse(.expansionTooLarge(limit: Self.maxExpansion), node)
      return nil
    }
    return param
  }

  private mutating func lookUp(_ path: String, at node: Node, level: Int) -> Resolved? {
    if let known = resolved[path] { return known.node.isInvalid ? nil : known }
    if let start = open.firstIndex(of: path) {
      _ = refuse(.paramCycle(Array(open[start...]) + [path]), node)
      cyclic.formUnion(open[start...])
      return nil
    }
    open.append(path)
    var found = find(path, at: node, level: level)
    open.removeLast()
    if cyclic.contains(path) { found = invalid(found) }
    let (size, height) = found.measure()
    resolved[path] = Resolved(node: found, size: size, height: height)
    return found.isInvalid ? nil : resolved[path]
  }

  private mutating func find(_ path: String, at place: Node, level: Int) -> Node {
    let names = path.split(separator: ".").dropFirst().map(String.init)
    var node = root
    var walked = "params"
    var isSubstituted = false
    for name in names {
      // On the way lies a reference: it leads on from what it stands for.
      if !isSubstituted, node.text != nil {
        node = substitute(node, depth: 0, level: level + 1)
        isSubstituted = true
      }
      if node.isInvalid { return node }
      let members = members(of: node, at: walked)
      guard let index = members.indices[name], let entries = node.entries else {
        return refuse(.unknownParam(path, allowed: members.paths), place)
      }
      node = entries[index].node
      walked += ".\(name)"
    }
    return isSubstituted ? node : substitute(node, depth: 0, level: level + 1)
  }

  /// The members of the map at a path, listed once for all references to it.
  private mutating func members(of map: Node, at path: String) -> Members {
    if let known = members[path] { return known }
    let names = (map.entries ?? []).map(\.key)
    let found = Members(
      indices: Dictionary(
        names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first }),
      paths: map.entries == nil ? [path] : names.map { "\(path).\($0)" })
    members[path] = found
    return found
  }

  mutating func refuse(_ problem: PipelineError.Problem, _ node: Node) -> Node {
    problems.append(PipelineError(problem, at: node.place))
    return invalid(node)
  }

  private func invalid(_ node: Node) -> Node { Node(content: .invalid, place: node.place) }
}

extension Node {
  /// What a reference inside text becomes; `nil` for what has no one spelling.
  var splicedText: String? {
    switch content {
    case .scalar(.string(let text)): text
    case .scalar(.int(let number)): "\(number)"
    case .scalar(.float(let number)): "\(number)"
    case .scalar(.bool(let bool)): "\(bool)"
    default: nil
    }
  }

  /// How many values and bytes of text there are, and how deep they lie.
  fileprivate func measure() -> (size: Int, height: Int) {
    switch content {
    case .scalar: (1 + (text?.utf8.count ?? 0), 0)
    case .invalid: (1, 0)
    case .list(let items):
      items.map { $0.measure() }.reduce((1, 1)) { ($0.0 + $1.size, max($0.1, $1.height + 1)) }
    case .map(let entries):
      entries.map { ($0.key.utf8.count, $0.node.measure()) }
        .reduce((1, 1)) { ($0.0 + $1.0 + $1.1.size, max($0.1, $1.1.height + 1)) }
    }
  }
}
