public import Documents
import GRDB

extension Store {
  /// Records a run whose snapshot is stored already; its executions are added one by one.
  ///
  /// The snapshot keeps every content from collection that it names in the form of
  /// ``Content/value``, the records keep their results. Of a run that is known the snapshot is not
  /// read again.
  ///
  /// - Throws: `StoreError.missing` when the snapshot, or a content that it names, is not stored.
  public func saveRun(hash: Digest, name: String, records keys: [String: Digest]) throws {
    try whileShared {
      let run = Run(hash: hash, name: name, records: keys)
      let known = try index.read { db in
        try db.run(hash) == nil ? nil : try db.objects(ofRun: hash)
      }
      // What is lost of what executions added to it is no reason to refuse it.
      let kept = try known.map { known in
        try index.read { db in try known.filter { try db.object($0) != nil } }
      }
      let contents = try kept == known && known != nil ? [] : snapshotContents(hash)
      let objects = contents.map(\.digest) + (kept ?? [])
      try index.read { try Self.require(objects + [hash], $0) }
      let trees = try newTrees(below: contents, needed: contents)
      try write(run.document, about: .run(hash), needing: objects + [hash]) { db, document in
        for tree in trees { try db.saveEntries(tree.entries, of: tree.digest) }
        try db.save(run, as: document, objects: objects)
      }
    }
  }

  /// Notes that the run was executed once more, and keeps what the execution names; and what `request` it was the answer to: see
  /// ``answer(to:)``.
  public func addExecution(
    run: Digest, _ execution: Execution, answering request: (sha256: SHA256, answer: Value)? = nil
  ) throws {
    try whileShared {
      guard try index.read({ try $0.run(run) }) != nil else {
        throw StoreError.unknownRun(run.description)
      }
      let subject = Subject.execution(run: run, startedAt: execution.startedAt)
      let objects = try contents(of: execution).map(\.digest)
      try write(execution.document(run: run), about: subject, needing: [run] + objects) {
        db, document in
        try db.save(execution, of: run, as: document)
        try db.addObjects(objects, toRun: run)
        if let request {
          try db.save(request.answer.canonicalBytes, answering: request.sha256, run: run)
        }
      }
    }
  }

  /// The contents that an execution keeps: those it names, and those that its origin names.
  private func contents(of execution: Execution) throws -> Set<Content> {
    var contents = Set([execution.origin, execution.executable].compactMap { $0 })
    if let origin = execution.origin { contents.formUnion(try snapshotContents(origin.digest)) }
    return contents
  }

  /// What was remembered as the answer to a request for a run. The index alone has it: it is
  /// forgotten with that, with the run, and when many others came after it.
  public func answer(to request: SHA256) throws -> Value? {
    guard let known = try index.read({ try $0.answer(to: request) }),
      Digest(hashing: known.bytes) == known.digest
    else { return nil }
    return try? Value(recorded: known.bytes)
  }

  /// Whether the run is recorded, and was called that last.
  public func isRecorded(run: Digest, name: String) throws -> Bool {
    try index.read { try $0.name(ofRun: run) } == name
  }

  /// All runs in whole, the last executed one first; see ``runSummaries()`` for a listing.
  public func runs() throws -> [Run] {
    try index.read { try $0.runHashes() }.compactMap { try run($0) }
  }

  /// The run whose hash begins with the prefix.
  ///
  /// - Throws: `StoreError.unknownRun`, `.ambiguous`.
  public func run(matching prefix: String) throws -> Run {
    let hashes = try index.read { try $0.hashes(matching: prefix, "hash", of: "run") }
    guard let hash = try Self.only(of: hashes, matching: prefix), let run = try run(hash) else {
      throw StoreError.unknownRun(prefix)
    }
    return run
  }

  /// The run; `nil` if it is not recorded, or its document is lost.
  func run(_ hash: Digest) throws -> Run? {
    let rows = try index.read { db in
      (
        run: try db.run(hash).map { ($0, try db.document($0)) },
        executions: try db.executions(of: hash).map { ($0, try db.document($0)) }
      )
    }
    guard let (digest, known) = rows.run, let value = try document(digest, in: known) else {
      return nil
    }
    let executions = try rows.executions.compactMap { digest, known in
      try document(digest, in: known).flatMap { try? Execution(document: $0) }
    }
    return try? Run(document: value, executions: executions)
  }

  /// The contents that a run's snapshot names; none if it is no document.
  func snapshotContents(_ hash: Digest) throws -> Set<Content> {
    let bytes = try bytes(of: hash)
    guard let document = try? Value(canonical: bytes) else { return [] }
    return Content.referred(in: document)
  }
}
