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
    var trees: [Digest: [Content]] = [:]
    // Paths are put together where they are needed: there may be very many.
    var open = roots.reversed().map { (folder: "", name: $0.path, content: $0.content, depth: 0) }
    while let (folder, name, content, depth) = open.popLast() {
      var path: String { folder.isEmpty ? name : "\(folder)/\(name)" }
      guard depth <= Store.greatestDepth else { throw StoreError.tooDeep(path) }
      let known = found[content.digest]
      if let known, !known.content.hasSameBytes(as: content) {
        throw StoreError.twin(
          content.digest, has: known.content.sha256, offered: content.sha256)
      }
      // A file may hold a folder's list; what is a folder somewhere has its entries with it.
      if known == nil || content.kind == .tree {
        found[content.digest] = BundleManifest.Object(
          content: content, path: known?.path ?? path)
      }
      guard content.kind == .tree, trees[content.digest] == nil else { continue }
      let entries = try tree(content).entries
      trees[content.digest] = entries.map(\.content)
      let whole = path
      guard whole.utf8.count <= longestPath else { throw StoreError.tooDeep(whole) }
      for entry in entries.reversed() {
        open.append((folder: whole, name: entry.name, content: entry.content, depth: depth + 1))
      }
    }
    try checkSpread(of: roots, folders: trees)
    return found.values.sorted { $0.content.digest < $1.content.digest }
  }

  /// The most bytes of a path.
  private static let longestPath = 4096
  /// The most files and folders that the folders of a run may have when they are laid out.
  private static let mostEntries = 10_000_000

  /// Folders in which one folder stands many times, and in that another, take next to nothing until they are
  /// laid out.
  ///
  /// - Throws: `StoreError.tooManyEntries`.
  private static func checkSpread(of roots: [BundleRoot], folders: [Digest: [Content]]) throws {
    var counts: [Digest: Int] = [:]
    func count(_ content: Content) -> Int {
      guard content.kind == .tree else { return 1 }
      if let known = counts[content.digest] { return known }
      let sum = (folders[content.digest] ?? []).reduce(1) { sum, entry in
        min(mostEntries + 1, sum + count(entry))
      }
      counts[content.digest] = sum
      return sum
    }
    for root in roots where count(root.content) > mostEntries {
      throw StoreError.tooManyEntries(root.path, most: mostEntries)
    }
  }
}
