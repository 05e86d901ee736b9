extension Store {
  // MARK: Results of stages

  /// The recorded result under the key. Its objects may be damaged: see ``isIntact(_:)``.
  public func record(for key: Digest) throws -> Record? {
    defer { trace("lookup-done") }
    guard let digest = try index.read({ try $0.result(key) }),
      let record = try document(digest).flatMap({ try? Record(document: $0) }), record.key == key
    else { return nil }
    return record
  }

  /// Records a result. An earlier one under the same key is forgotten.
  ///
  /// - Throws: `StoreError.missing` when an object that it names is not in the store.
  public func save(_ record: Record) throws {
    try whileShared {
      let needed = [record.preimage] + record.outputs.values.map(\.digest)
      let (document, old) = try write(
        record.document, needing: needed, replacing: { try $0.result(record.key) },
        record: { try $0.saveResult(record.key, document: $1) })
      if let old, old != document { Folder.remove(recordFolder.path(of: old)) }
      trace("result-recorded")
    }
  }

  /// Forgets the result under the key; its objects stay until they are collected.
  public func forget(key: Digest) throws {
    try whileShared {
      let document = try index.write { db in
        let document = try db.result(key)
        try db.deleteResult(key)
        return document
      }
      if let document { Folder.remove(recordFolder.path(of: document)) }
    }
  }

  /// The key that begins with the prefix.
  ///
  /// - Throws: `StoreError.unknownKey`, `.ambiguous`.
  public func key(matching prefix: String) throws -> Digest {
    let keys = try index.read { try $0.results() }.map(\.key)
    return try only(of: keys, matching: prefix) ?? { throw StoreError.unknownKey(prefix) }()
  }

  func only(of digests: [Digest], matching prefix: String) throws -> Digest? {
    let prefixBytes = Array(prefix.utf8)
    guard !prefixBytes.isEmpty else { return nil }
    let found = digests.filter { $0.description.utf8.starts(with: prefixBytes) }.sorted()
    guard found.count <= 1 else { throw StoreError.ambiguous(prefix, found) }
    return found.first
  }

  // MARK: Labels

  /// Notes that the key is now the newest under the name, such as `pipeline/stage`.
  public func label(_ name: String, _ key: Digest) throws {
    if try index.read({ try $0.keys(labelled: name) }).first == key { return }
    try index.write { try $0.label(name, key) }
  }

  /// The keys seen under the name, newest first.
  public func labelled(_ name: String) throws -> [Digest] {
    try index.read { try $0.keys(labelled: name) }
  }
}
