import Documents
import GRDB

extension Store {
  /// Runs `body`, in which many things are looked up at little cost. Other threads of this process
  /// that need the index wait meanwhile.
  public func lookingUp<T>(_ body: () throws -> T) throws -> T { try index.session(body) }

  // MARK: Results of stages

  /// The recorded result under the key. Its objects may be damaged: see ``isIntact(_:)``. Of an
  /// evicted one they are gone, and it says so.
  public func record(for key: Digest) throws -> Record? {
    defer { trace("lookup-done") }
    return try recorded(key)
  }

  /// The recorded results under those of the keys that have one, in one look.
  public func records(for keys: [Digest]) throws -> [Digest: Record] {
    let rows = try index.read { db in
      try keys.map { (key: $0, row: try db.result(inWhole: $0)) }
    }
    defer { trace("lookup-done") }
    let found = try inParallel(rows.count) { part in
      try rows[part].map { key, row in try row.flatMap { try record($0, key: key) } }
    }
    var records: [Digest: Record] = [:]
    for (row, record) in zip(rows, found.joined()) { records[row.key] = record }
    return records
  }

  private func recorded(_ key: Digest) throws -> Record? {
    try index.read { try $0.result(inWhole: key) }.flatMap { try record($0, key: key) }
  }

  private func record(_ row: (digest: Digest, document: Document?), key: Digest) throws -> Record? {
    guard let value = try document(row.digest, in: row.document),
      let record = try? Record(document: value), record.key == key
    else { return nil }
    return record
  }

  /// Records a result. An earlier one under the same key is forgotten.
  ///
  /// - Returns: what was recorded under the key before, evicted or not: whoever computed it again
  ///   can see whether it came out the same.
  /// - Throws: `StoreError.missing` when an object that it names is not in the store.
  @discardableResult
  public func save(_ record: Record) throws -> Record? {
    try whileShared {
      let outputs = record.isEvicted ? [] : Array(record.outputs.values)
      let needed = [record.preimage] + outputs.map(\.digest)
      let earlier = try recorded(record.key)
      try index.read { try Self.require(needed, $0) }
      let recipe = Recipe(preimage: try bytes(of: record.preimage))
      let trees = try newTrees(below: Content.referred(in: record.document), needed: Set(outputs))
      try write(record.document, about: .result(record.key), needing: needed) { db, document in
        for tree in trees { try db.saveEntries(tree.entries, of: tree.digest) }
        try db.save(record, as: document, recipe: recipe)
      }
      trace("result-recorded")
      return earlier
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

  // MARK: Folders

  /// The lists of the folders that the contents lead to, as far as the index has none of them.
  ///
  /// Of folders besides those `needed` only what is stored is looked at.
  /// - Throws: `StoreError.missing` or `.damaged`.
  func newTrees(
    below contents: Set<Content>, needed: Set<Content>
  ) throws -> [(digest: Digest, entries: [Digest])] {
    var open = contents.filter { $0.kind == .tree }
    var seen = open
    var found: [(digest: Digest, entries: [Digest])] = []
    while let content = open.popFirst() {
      let (isStored, isKnown) = try index.read { db in
        (try db.object(content.digest) != nil, try db.hasEntries(content.digest))
      }
      if isKnown || (!isStored && !needed.contains(content)) { continue }
      let entries = try tree(content).entries.map(\.content)
      found.append((content.digest, entries.map(\.digest)))
      for entry in entries where entry.kind == .tree && seen.insert(entry).inserted {
        open.insert(entry)
      }
    }
    return found
  }

  // MARK: Labels

  /// Notes that the key is now the newest under the name, such as `pipeline/stage`.
  public func label(_ name: String, _ key: Digest) throws { try label([(name, key)]) }

  /// The same of several names at once.
  public func label(_ names: [(name: String, key: Digest)]) throws {
    let new = try index.read { db in
      try names.filter { try db.keys(labelled: $0.name).first != $0.key }
    }
    guard !new.isEmpty else { return }
    try index.write { db in for (name, key) in new { try db.label(name, key) } }
  }

  /// The keys seen under the name, newest first.
  public func labelled(_ name: String) throws -> [Digest] {
    try index.read { try $0.keys(labelled: name) }
  }
}
