import Documents

/// Builds the tree of one YAML document, of the subset that pipelines are written in: scalars by
/// YAML 1.2's core schema, keys that are text and all different; no anchors, aliases or tags; one
/// document; bounded depth and size.
struct YAMLReader {
  static let maxBytes = 32 << 20
  static let maxDepth = 64
  static let maxValues = 2_000_000

  private let events: YAMLEvents
  private var values = 0
  private var hasAnchor = false
  /// Whether a list or map was written in lines of its own, not in brackets.
  private(set) var hasBlockCollection = false
  /// What was wrong without keeping the rest of the document from being read.
  private(set) var problems: [PipelineError] = []

  init(_ bytes: [UInt8], origin: YAMLEvents.Origin) {
    events = YAMLEvents(bytes, origin: origin)
  }

  /// The document; `nil` when there is none.
  ///
  /// - Throws: What keeps the rest of the file from being understood.
  mutating func document() throws(PipelineError) -> Node? {
    guard case .documentStart = try events.next().kind else { return nil }
    let root = try node(try events.next(), depth: 0)
    _ = try events.next()
    let next = try events.next()
    if case .streamEnd = next.kind { return root }
    throw PipelineError(.severalDocuments, at: next.place)
  }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws(PipelineError) -> Node {
    values += 1
    if values > Self.maxValues {
      throw PipelineError(.tooManyValues(limit: Self.maxValues), at: event.place)
    }
    if depth > Self.maxDepth {
      throw PipelineError(.tooDeep(limit: Self.maxDepth), at: event.place)
    }
    refuseAnchor(event)
    if let tag = event.tag {
      problems.append(PipelineError(.tag(shortTag(tag)), at: event.place))
    }
    switch event.kind {
    case .listStart(isFlow: false), .mapStart(isFlow: false): hasBlockCollection = true
    default: break
    }
    let content: Node.Content =
      switch event.kind {
      case .scalar(let text, let isPlain): scalar(text, isPlain: isPlain, event)
      case .listStart: .list(try items(depth: depth))
      case .mapStart: .map(try entries(depth: depth))
      case .alias, .documentStart, .end, .streamEnd: .invalid
      }
    return Node(content: event.tag == nil ? content : .invalid, place: event.place)
  }

  private mutating func items(depth: Int) throws(PipelineError) -> [Node] {
    var items: [Node] = []
    while true {
      let event = try events.next()
      if case .end = event.kind { return items }
      items.append(try node(event, depth: depth + 1))
    }
  }

  private mutating func entries(depth: Int) throws(PipelineError) -> [Node.Entry] {
    var entries: [Node.Entry] = []
    var places: [String: SourceLocation] = [:]
    while true {
      let event = try events.next()
      if case .end = event.kind { return entries }
      let key = try node(event, depth: depth + 1)
      let value = try node(try events.next(), depth: depth + 1)
      guard let name = name(key) else { continue }
      if let first = places.updateValue(places[name] ?? key.place, forKey: name) {
        problems.append(PipelineError(.duplicateKey(name, first: first), at: key.place))
      } else {
        entries.append(Node.Entry(key: name, place: key.place, node: value))
      }
    }
  }

  /// The text of a key. Whole numbers will do, as they look alike in quotes and without.
  private mutating func name(_ key: Node) -> String? {
    switch key.content {
    case .scalar(.string(let text)): return text
    case .scalar(.int(let number)): return "\(number)"
    case .invalid: return nil
    default:
      problems.append(PipelineError(.keyIsNoText(key.found), at: key.place))
      return nil
    }
  }

  private mutating func scalar(
    _ text: String, isPlain: Bool, _ event: YAMLEvent
  ) -> Node.Content {
    guard isPlain else { return .scalar(.string(text)) }
    if let value = plainScalar(text) { return .scalar(value) }
    problems.append(PipelineError(.numberOutOfReach(text), at: event.place))
    return .invalid
  }

  /// Notes the first anchor or alias; the others are the same mistake.
  private mutating func refuseAnchor(_ event: YAMLEvent) {
    var mark = event.anchor.map { "&\($0)" }
    if case .alias(let name) = event.kind { mark = "*\(name)" }
    guard let mark, !hasAnchor else { return }
    hasAnchor = true
    problems.append(PipelineError(.alias(mark), at: event.place))
  }
}

/// `!!str` for `tag:yaml.org,2002:str`.
private func shortTag(_ tag: String) -> String {
  let standard = "tag:yaml.org,2002:"
  return tag.hasPrefix(standard) ? "!!\(tag.dropFirst(standard.count))" : tag
}
