import Learning
package import Store

extension ArtefactSummary {
  /// Larger files are not opened to be described.
  private static let mostBytes = 512 << 20

  /// What an object of the store holds; `nil` if that is not known, or the object is not there.
  package init?(of content: Content, in store: Store) {
    guard content.size <= Self.mostBytes else { return nil }
    switch content.kind {
    case .file:
      guard let bytes = try? store.bytes(of: content.digest) else { return nil }
      self.init(bytes)
    case .tree:
      guard let tree = try? store.tree(of: content.digest) else { return nil }
      if let about = tree["dataset.json"] {
        self.init(dataSet: tree, about: about, in: store)
      } else if let last = tree["last.safetensors"] ?? tree.entries.last?.content,
        tree.entries.allSatisfy({ $0.name.hasSuffix(".safetensors") }), last.kind == .file,
        let model = ArtefactSummary(of: last, in: store)
      {
        self.init("folder of \(tree.entries.count) checkpoints; \(model.title)", model.lines)
      } else {
        return nil
      }
    }
  }

  /// A data set: what is said of it, and the shape of each array.
  private init?(dataSet tree: Tree, about: Content, in store: Store) {
    guard let bytes = try? store.bytes(of: about.digest) else { return nil }
    let lines = tree.entries.filter { $0.name.hasSuffix(".npy") }.map { entry -> String in
      let inside = ArtefactSummary(of: entry.content, in: store)
      return "\(entry.name)  \(inside?.title ?? NumberText.bytes(entry.content.size))"
    }
    let text = String(decoding: bytes.prefix(2_000), as: UTF8.self)
    self.init("data set", [String(text.prefix { $0 != "\n" })] + lines)
  }
}
