import Documents
import GRDB
import Glibc

extension Store {
  /// Removes what nothing needs, under the exclusive lock: the caller's, or one of its own.
  ///
  /// Rows go before files, so that an interruption leaves only files that the next collection takes.
  /// - Parameters:
  ///   - policy: what stays.
  ///   - dryRun: only says what would go; changes nothing.
  /// - Returns: what went, and why.
  /// - Throws: `StoreError.collectionUnderSharedLock` when this store holds a shared lock.
  public func collect(_ policy: CollectionPolicy, dryRun: Bool = false) throws -> CollectionReport {
    let body = {
      let dead = try WorkFolder.dead(in: self.workPath)
      let items = try dead.map { folder in
        try self.leftBehind(.workFolder(path: folder.path), at: folder.path, why: .leftBehind)
      }
      // First of all: it frees space without needing any.
      if !dryRun { for folder in dead { Folder.remove(folder.path) } }
      let report = try self.collectRecorded(policy, items, dryRun: dryRun)
      // Empty files: where one cannot be made to lock the others with, they wait for the next sweep.
      if !dryRun { try? Claim.sweep(self.claimsPath) }
      return report
    }
    return try dryRun ? whileShared(body) : whileExclusive(body)
  }

  /// Keeps `keepRuns` of the newest runs of each pipeline, or everything recorded.
  public func collect(
    keepRuns: Int? = nil, takePartial: Bool = false, dryRun: Bool = false
  ) throws -> CollectionReport {
    try collect(CollectionPolicy(keepRuns: keepRuns, takesPartial: takePartial), dryRun: dryRun)
  }

  func leftBehind(
    _ subject: CollectionReport.Subject, at path: String, why: CollectionReport.Reason
  ) throws -> CollectionReport.Item {
    CollectionReport.Item(subject: subject, reason: why, bytes: try Folder.usage(of: path).bytes)
  }

  private func collectRecorded(
    _ policy: CollectionPolicy, _ items: [CollectionReport.Item], dryRun: Bool
  ) throws -> CollectionReport {
    // What goes is decided by the index alone: not by one that contradicts itself.
    if !dryRun { try index.read(Index.check) }
    while true {
      let plan = try CollectionPlan(self, policy)
      let partial = try partialItems(policy, plan)
      var items = try items + partial + self.items(of: plan)
      trace("collect-planned")
      if !dryRun {
        guard let documents = try deleteRows(plan) else { continue }
        for case .partial(let path) in partial.map(\.subject) { Folder.remove(path) }
        // Documents first: one without its objects would count as damage.
        for document in documents { Folder.remove(recordFolder.path(of: document)) }
        for path in plan.strays { Folder.remove(path) }
        for object in plan.objects { Folder.remove(objectFolder.path(of: object.digest)) }
        let lost = try evict(plan)
        items = items.map { item in
          guard case .result(let key) = item.subject, lost.contains(key) else { return item }
          return .init(subject: item.subject, reason: .evictedWhole, bytes: item.bytes)
        }
      }
      return CollectionReport(
        items: items, isDryRun: dryRun, seconds: plan.seconds, verifiableRuns: plan.verifiableRuns)
    }
  }

  private func items(of plan: CollectionPlan) throws -> [CollectionReport.Item] {
    typealias Item = CollectionReport.Item
    let runs = plan.runs.map {
      Item(subject: .run($0.hash, name: $0.name), reason: .olderRun, bytes: 0)
    }
    let results = plan.results.map { Item(subject: .result($0), reason: .noRun, bytes: 0) }
    let objects = plan.objects.map {
      Item(subject: .object($0.digest, $0.kind), reason: .unreferenced, bytes: $0.size)
    }
    let evictions = plan.evictions.map {
      Item(subject: .result($0.key), reason: .evicted, bytes: $0.bytes)
    }
    let strays = try plan.strays.map { try leftBehind(.stray(path: $0), at: $0, why: .leftBehind) }
    return runs + results + objects + evictions + strays
  }

  /// Takes the rows out of the index, and returns the documents that nothing points to now; `nil`,
  /// and nothing is done, if anything changed since the plan was made.
  private func deleteRows(_ plan: CollectionPlan) throws -> [Digest]? {
    try writeEvenOnFullDisk { db in
      guard try Index.stamp(db) == plan.stamp else { return nil }
      var documents: [Digest] = []
      for run in plan.runs {
        documents += try db.executions(of: run.hash) + [db.run(run.hash)].compactMap { $0 }
        try db.deleteRun(run.hash)
      }
      for key in plan.results {
        documents += try [db.result(key)].compactMap { $0 }
        try db.deleteResult(key)
      }
      for object in plan.objects { try db.deleteObject(withEntries: object.digest) }
      return documents
    }
  }

  private func writeEvenOnFullDisk<T>(_ body: (Database) throws -> T) throws -> T {
    do {
      return try index.write(body)
    } catch StoreError.system(_, _, ENOSPC) {
      return try index.writeOnFullDisk(body)
    }
  }
}

// MARK: Eviction

extension Store {
  /// Replaces the results by their tombstones, then removes the objects that only they needed.
  ///
  /// - Returns: the keys for whose tombstones there was no space: they are forgotten.
  private func evict(_ plan: CollectionPlan) throws -> Set<Digest> {
    guard !plan.evictions.isEmpty else { return [] }
    var lost: Set<Digest> = []
    var rest = plan.evictions.map(\.key)[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(lost.isEmpty ? 256 : 1))
      do {
        try bury(batch)
        rest = rest.dropFirst(batch.count)
      } catch StoreError.system(_, _, ENOSPC) {
        // Not even a tombstone fits. The cheapest result makes room for those of the others.
        lost.insert(batch[0])
        let document = try writeEvenOnFullDisk { db in
          defer { try? db.deleteResult(batch[0]) }
          return try db.result(batch[0])
        }
        if let document { Folder.remove(recordFolder.path(of: document)) }
        rest = rest.dropFirst()
      }
    }
    try writeEvenOnFullDisk { db in
      for object in plan.freed { try db.deleteObject(withEntries: object.digest) }
    }
    for object in plan.freed { Folder.remove(objectFolder.path(of: object.digest)) }
    return lost
  }

  private func bury(_ keys: [Digest]) throws {
    let records = try records(for: keys)
    let tombstones = keys.compactMap { records[$0]?.evicted }.map { record in
      let bytes = record.document.canonicalBytes
      return (record: record, document: Document(digest: Digest(hashing: bytes), bytes: bytes))
    }
    try writeFiles(tombstones.map(\.document.bytes))
    let old = try writeEvenOnFullDisk { db in
      try tombstones.map { record, document in
        defer { trace("evicted \(record.key)") }
        let old = try db.result(record.key)
        try db.evict(record, as: document)
        return old
      }
    }
    for document in old.compactMap({ $0 }) { Folder.remove(recordFolder.path(of: document)) }
  }
}
