extension Store {
  /// Every object, in the order of the digests. A folder's content is of kind `.tree`.
  public func objects() throws -> [Content] { try index.read { try $0.objects() }.map(\.content) }

  /// The object whose digest begins with the prefix.
  ///
  /// - Throws: `StoreError.unknownObject`, `.ambiguous`.
  public func object(matching prefix: String) throws -> Content {
    let all = try objects()
    guard let digest = try only(of: all.map(\.digest), matching: prefix),
      let content = all.first(where: { $0.digest == digest })
    else { throw StoreError.unknownObject(prefix) }
    return content
  }

  /// Every recorded result, in the order of the keys.
  public func records() throws -> [Record] {
    try index.read { try $0.results() }.compactMap { key, _ in try record(for: key) }
  }

  /// How much space the store takes, and for what.
  public func usage() throws -> Usage {
    var usage = Usage()
    for content in try objects() {
      let amount = Usage.Amount(count: 1, bytes: content.size)
      switch content.kind {
      case .file: usage.files += amount
      case .tree: usage.trees += amount
      }
    }
    usage.records = try Folder.usage(of: recordFolder.path)
    usage.index = try Folder.usage(of: "\(path)/index.sqlite")
    usage.partial = try Folder.usage(of: "\(path)/partial")
    usage.work = try Folder.usage(of: workPath)
    usage.quarantine = try Folder.usage(of: quarantine.path)
    return usage
  }
}
