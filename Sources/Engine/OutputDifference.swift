public import Store

/// How two versions of one output differ.
public struct OutputDifference: Sendable {
  public let output: String
  /// Where the first difference is inside a folder, such as `epoch-003.safetensors`.
  public let item: String?
  /// The output in both versions, or the item of it.
  public let old: Content
  public let new: Content
  /// Their bytes, where they still exist.
  public let oldBytes: [UInt8]?
  public let newBytes: [UInt8]?

  /// `nil` if they are the same.
  ///
  /// - Throws: `StoreError` when the second version cannot be read though it should be there.
  init?(
    of output: String, between old: (content: Content, store: Store),
    and new: (content: Content, store: Store)
  ) throws {
    guard old.content != new.content else { return nil }
    self.output = output
    var item: String?
    var (oldFile, newFile) = (old.content, new.content)
    // Down to the first file that differs, by name: epoch-001 before epoch-002.
    while oldFile.kind == .tree, newFile.kind == .tree {
      guard let oldTree = try? old.store.tree(of: oldFile.digest),
        let newTree = try? new.store.tree(of: newFile.digest),
        let first = oldTree.entries.first(where: { newTree[$0.name] != $0.content }),
        let other = newTree[first.name]
      else { break }
      item = item.map { "\($0)/\(first.name)" } ?? first.name
      (oldFile, newFile) = (first.content, other)
    }
    self.item = item
    self.old = oldFile
    self.new = newFile
    oldBytes = try? old.store.bytes(of: oldFile.digest)
    newBytes = try? new.store.bytes(of: newFile.digest)
  }
}
