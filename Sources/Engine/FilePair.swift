import Store

/// One file that differs between two versions of an output; also a folder, where only one of the two
/// versions has an entry of it.
struct FilePair {
  /// Where it is inside a folder, such as `epoch-003.safetensors`.
  let item: String?
  let old: Content
  let new: Content

  /// What differs, by name: epoch-001 before epoch-002.
  ///
  /// A folder whose list is gone stands for itself.
  static func differing(
    _ old: Content, in oldStore: Store, _ new: Content, in newStore: Store, at item: String? = nil
  ) -> [FilePair] {
    if old == new { return [] }
    let whole = FilePair(item: item, old: old, new: new)
    guard old.kind == .tree, new.kind == .tree,
      let oldTree = try? oldStore.tree(of: old.digest),
      let newTree = try? newStore.tree(of: new.digest)
    else { return [whole] }
    var pairs: [FilePair] = []
    for entry in oldTree.entries where newTree[entry.name] != entry.content {
      guard let other = newTree[entry.name] else { return pairs + [whole] }
      let path = item.map { "\($0)/\(entry.name)" } ?? entry.name
      pairs += differing(entry.content, in: oldStore, other, in: newStore, at: path)
    }
    return oldTree.entries.count == newTree.entries.count ? pairs : pairs + [whole]
  }
}
