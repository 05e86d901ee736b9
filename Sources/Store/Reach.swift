import Documents

/// Finds everything that contents lead to: of a folder, all that is in it.
final class Reach {
  private let store: Store
  private var entries: [Content: [Content]] = [:]

  init(_ store: Store) { self.store = store }

  /// The contents, and all below them. What is missing or damaged leads nowhere.
  func all(from roots: some Sequence<Content>) throws -> Set<Content> {
    var found = Set(roots)
    var open = Array(found)
    while let content = open.popLast() {
      for entry in try children(of: content) where found.insert(entry).inserted {
        open.append(entry)
      }
    }
    return found
  }

  private func children(of content: Content) throws -> [Content] {
    guard content.kind == .tree else { return [] }
    if let known = entries[content] { return known }
    var children: [Content] = []
    do {
      children = try store.tree(content).entries.map(\.content)
    } catch let error as StoreError where error.isDamage || error == .notATree(content.digest) {}
    entries[content] = children
    return children
  }
}
