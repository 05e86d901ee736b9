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
  ///
  /// Two folders that stand in many places are compared in the first.
  static func differing(
    _ old: Content, in oldStore: Store, _ new: Content, in newStore: Store
  ) -> [FilePair] {
    var seen: Set<[Content]> = []
    return differing(old, in: oldStore, new, in: newStore, at: nil, &seen)
  }

  private static func differing(
    _ old: Content, in oldStore: Store, _ new: Content, in newStore: Store, at item: String?,
    _ seen: inout Set<[Content]>
  ) -> [FilePair] {
    if old == new || !seen.insert([old, new]).inserted { return [] }
    let whole = FilePair(item: item, old: old, new: new)
    guard old.kind == .tree, new.kind == .tree,
      let oldTree = try? oldStore.tree(of: old.digest),
      let newTree = try? newStore.tree(of: new.digest)
    else { return [whole] }
    var pairs: [FilePair] = []
    // By their bytes: two ways of writing an accent are two names.
    let others = Dictionary(
      newTree.entries.map { (Array($0.name.utf8), $0.content) },
      uniquingKeysWith: { first, _ in first })
    for entry in oldTree.entries where others[Array(entry.name.utf8)] != entry.content {
      guard let other = others[Array(entry.name.utf8)] else { return pairs + [whole] }
      let path = item.map { "\($0)/\(entry.name)" } ?? entry.name
      pairs += differing(entry.content, in: oldStore, other, in: newStore, at: path, &seen)
    }
    return oldTree.entries.count == newTree.entries.count ? pairs : pairs + [whole]
  }
}
