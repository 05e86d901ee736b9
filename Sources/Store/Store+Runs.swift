import Documents

extension Store {
  /// Records a run whose snapshot is stored already; its executions are added one by one.
  ///
  /// The snapshot keeps every content from collection that it names in the form of
  /// ``Content/value``, the records keep their results.
  ///
  /// - Throws: `StoreError.missing` when the snapshot, or a content that it names, is not stored.
  public func saveRun(hash: Digest, name: String, records keys: [String: Digest]) throws {
    try whileShared {
      let run = Run(hash: hash, name: name, records: keys)
      let needed = try snapshotContents(hash).map(\.digest) + [hash]
      let (document, old) = try write(
        run.document, needing: needed, replacing: { try $0.run(hash) },
        record: { try $0.saveRun(hash, document: $1) })
      if let old, old != document { Folder.remove(recordFolder.path(of: old)) }
    }
  }

  /// Notes that the run was executed once more.
  public func addExecution(run: Digest, _ execution: Execution) throws {
    try whileShared {
      guard try index.read({ try $0.run(run) }) != nil else {
        throw StoreError.unknownRun(run.description)
      }
      _ = try write(
        execution.document(run: run), needing: [run], replacing: { _ in nil },
        record: { try $0.saveExecution(of: run, startedAt: execution.startedAt, document: $1) })
    }
  }

  /// All runs, the last executed one first.
  public func runs() throws -> [Run] {
    let rows = try index.read { db in
      try db.runs().map { (document: $0.document, executions: try db.executions(of: $0.key)) }
    }
    return try rows.compactMap { try run($0.document, executions: $0.executions) }
  }

  /// The run whose hash begins with the prefix.
  ///
  /// - Throws: `StoreError.unknownRun`, `.ambiguous`.
  public func run(matching prefix: String) throws -> Run {
    let hashes = try index.read { try $0.runs() }.map(\.key)
    guard let hash = try only(of: hashes, matching: prefix) else {
      throw StoreError.unknownRun(prefix)
    }
    let row = try index.read { db in
      (document: try db.run(hash), executions: try db.executions(of: hash))
    }
    guard let document = row.document, let run = try run(document, executions: row.executions)
    else { throw StoreError.unknownRun(prefix) }
    return run
  }

  private func run(_ document: Digest, executions: [Digest]) throws -> Run? {
    guard let value = try self.document(document) else { return nil }
    let executions = try executions.compactMap { digest in
      try self.document(digest).flatMap { try? Execution(document: $0) }
    }
    return try? Run(document: value, executions: executions)
  }

  /// The contents that a run's snapshot names; none if it is no document.
  func snapshotContents(_ hash: Digest) throws -> Set<Content> {
    let bytes = try bytes(of: hash)
    guard let document = try? Value(canonical: bytes) else { return [] }
    return Content.referred(in: document)
  }

  /// The same of a snapshot that may be lost: that leads nowhere.
  func snapshotContents(ifSound hash: Digest) throws -> Set<Content> {
    do {
      return try snapshotContents(hash)
    } catch let error as StoreError where error.isDamage {
      return []
    }
  }
}
