import Documents

/// A value of the pipeline file that still knows where it was written.
struct Node: Sendable {
  indirect enum Content: Sendable {
    /// `null`, a truth value, a number or text.
    case scalar(Value)
    case list([Node])
    case map([Entry])
    /// A value that was already reported as wrong: readers take it in silence.
    case invalid
  }

  /// One member of a map. Keys of one map are different.
  struct Entry: Sendable {
    let key: String
    let place: SourceLocation
    var node: Node
  }

  var content: Content
  let place: SourceLocation
}

extension Node {
  /// A tree without places of its own, for values that were resolved before; maps in key order.
  init(_ value: Value, place: SourceLocation) {
    self.place = place
    switch value {
    case .list(let items): content = .list(items.map { Node($0, place: place) })
    case .map(let members):
      content = .map(
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
          .map { Entry(key: $0.key, place: place, node: Node($0.value, place: place)) })
    default: content = .scalar(value)
    }
  }

  /// The value without its places; what is invalid reads as `null`.
  var value: Value {
    switch content {
    case .scalar(let scalar): scalar
    case .list(let items): .list(items.map(\.value))
    case .map(let entries):
      .map(Dictionary(entries.map { ($0.key, $0.node.value) }, uniquingKeysWith: { one, _ in one }))
    case .invalid: .null
    }
  }

  var isInvalid: Bool { if case .invalid = content { true } else { false } }

  var text: String? { if case .scalar(.string(let text)) = content { text } else { nil } }

  var entries: [Entry]? { if case .map(let entries) = content { entries } else { nil } }

  /// A map with each of its values changed; anything else as it is.
  func mapMembers(_ change: (Node) -> Node) -> Node {
    guard let entries else { return self }
    let changed = entries.map { Entry(key: $0.key, place: $0.place, node: change($0.node)) }
    return Node(content: .map(changed), place: place)
  }

  /// Whether lists and maps lie in each other more than `limit` deep.
  func isDeeper(than limit: Int) -> Bool {
    switch content {
    case .scalar, .invalid: false
    case .list(let items): limit == 0 || items.contains { $0.isDeeper(than: limit - 1) }
    case .map(let entries): limit == 0 || entries.contains { $0.node.isDeeper(than: limit - 1) }
    }
  }

  subscript(key: String) -> Node? { entries?.first { $0.key == key }?.node }
}
