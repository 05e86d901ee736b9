extension Store {
  /// Every object, in the order of the digests. A folder's content is of kind `.tree`.
  public func objects() throws -> [Content] { try index.read { try $0.objects() }.map(\.content) }

  /// How many objects there are.
  public func objectCount() throws -> Int { try index.read { try $0.objectCount() } }

  /// Every recorded result in whole, in the order of the keys; see ``results(ofRun:)`` for a listing.
  public func records() throws -> [Record] {
    let keys = try index.read { try $0.digests("SELECT key FROM result ORDER BY key") }
    let records = try records(for: keys)
    return keys.compactMap { records[$0] }
  }

  /// What is to be said of every result, or of those of a run, in the order of the keys. Reads the
  /// index alone.
  public func results(ofRun hash: Digest? = nil) throws -> [ResultSummary] {
    try index.read { try $0.summaries(ofRun: hash) }
  }

  /// What is to be said of the result under the key; `nil` if there is none. Reads the index alone.
  public func result(_ key: Digest) throws -> ResultSummary? {
    try index.read { try $0.summary(key) }
  }

  /// What is to be said of every run, the last executed one first. Reads the index alone.
  public func runSummaries() throws -> [RunSummary] { try index.read { try $0.runSummaries() } }

  // MARK: Hashes

  /// The object whose digest begins with the prefix.
  ///
  /// - Throws: `StoreError.unknownObject`, `.ambiguous`.
  public func object(matching prefix: String) throws -> Content {
    let digests = try index.read { try $0.hashes(matching: prefix, "digest", of: "object") }
    guard let digest = try Self.only(of: digests, matching: prefix),
      let row = try index.read({ try $0.object(digest) })
    else { throw StoreError.unknownObject(prefix) }
    return row.content
  }

  /// The key that begins with the prefix.
  ///
  /// - Throws: `StoreError.unknownKey`, `.ambiguous`.
  public func key(matching prefix: String) throws -> Digest {
    let keys = try index.read { try $0.hashes(matching: prefix, "key", of: "result") }
    guard let key = try Self.only(of: keys, matching: prefix) else {
      throw StoreError.unknownKey(prefix)
    }
    return key
  }

  /// The run, result or object whose hash begins with the prefix.
  ///
  /// A run is also the object of its snapshot, and a result mostly that of its preimage: what is
  /// meant is the run or the result.
  /// - Throws: `StoreError.unknownHash`, `.ambiguousKinds`.
  public func target(matching prefix: String) throws -> PinTarget {
    let found = try index.read { db -> [PinTarget] in
      let runs = try db.hashes(matching: prefix, "hash", of: "run")
      let keys = try db.hashes(matching: prefix, "key", of: "result")
      let known = Set(runs).union(keys)
      let objects = try db.hashes(matching: prefix, "digest", of: "object")
      return runs.map(PinTarget.run) + keys.map(PinTarget.result)
        + objects.filter { !known.contains($0) }.map(PinTarget.object)
    }
    guard let target = found.first else { throw StoreError.unknownHash(prefix) }
    guard found.count == 1 else {
      throw StoreError.ambiguousKinds(prefix, found.map { "\($0.word) \($0.digest)" })
    }
    return target
  }

  static func only(of digests: [Digest], matching prefix: String) throws(StoreError) -> Digest? {
    guard digests.count <= 1 else { throw .ambiguous(prefix, digests) }
    return digests.first
  }

  // MARK: Space

  /// How much space the object takes, with all that is in it if it is a folder, each object once.
  public func sizeInBytes(of digest: Digest) throws -> Int {
    try index.read { try $0.size(of: digest) }
  }

  /// How much space the store takes, and for what.
  public func usage() throws -> Usage {
    var usage = Usage()
    for (kind, amount) in try index.read({ try $0.amounts() }) {
      switch kind {
      case .file: usage.files = amount
      case .tree: usage.trees = amount
      }
    }
    usage.kinds = try index.read { try $0.amountsByKind() }
    usage.evicted = try index.read { try $0.evictedAmount() }
    usage.records = try Folder.usage(of: recordFolder.path)
    usage.index = try Folder.usage(of: "\(path)/index.sqlite")
    usage.partial = try Folder.usage(of: "\(path)/partial")
    usage.work = try Folder.usage(of: workPath)
    usage.quarantine = try Folder.usage(of: quarantine.path)
    return usage
  }
}
