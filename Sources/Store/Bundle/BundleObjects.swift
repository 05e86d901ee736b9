/// Something that a bundle has to have, and where it stands in the run.
public struct BundleRoot: Hashable, Sendable {
  public let path: String
  public let content: Content

  public init(path: String, content: Content) {
    self.path = path
    self.content = content
  }
}

extension BundleManifest.Object {
  /// The objects that the roots are and lead to, folders with all that is in them: each once, under
  /// the first of its paths.
  ///
  /// Whoever makes a bundle and whoever reads one comes to the same list, so nothing can be in a bundle
  /// that is not needed.
  ///
  /// - Throws: what `tree` throws; `StoreError.tooDeep`, `.twin`.
  public static func all(
    from roots: [BundleRoot], tree: (Content) throws -> Tree
  ) throws -> [BundleManifest.Object] {
    var found: [Digest: BundleManifest.Object] = [:]
    // A folder in which many folders are the same is looked into once.
    var folders: Set<Digest> = []
    var open = roots.reversed().map { (root: $0, depth: 0) }
    while let (root, depth) = open.popLast() {
      let content = root.content
      guard depth <= Store.greatestDepth else { throw StoreError.tooDeep(root.path) }
      let known = found[content.digest]
      if let known, !known.content.hasSameBytes(as: content) {
        throw StoreError.twin(
          content.digest, has: known.content.sha256, offered: content.sha256)
      }
      // A file may hold a folder's list; what is a folder somewhere has its entries with it.
      if known == nil || content.kind == .tree {
        found[content.digest] = BundleManifest.Object(
          content: content, path: known?.path ?? root.path)
      }
      guard content.kind == .tree, folders.insert(content.digest).inserted else { continue }
      for entry in try tree(content).entries.reversed() {
        let path = "\(root.path)/\(entry.name)"
        open.append((BundleRoot(path: path, content: entry.content), depth + 1))
      }
    }
    return found.values.sorted { $0.content.digest < $1.content.digest }
  }
}
