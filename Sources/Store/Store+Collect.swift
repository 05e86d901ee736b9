import GRDB
import Glibc

extension Store {
  /// Removes what nothing needs, under the exclusive lock: the caller's, or one of its own.
  ///
  /// Rows go before files, so that an interruption leaves only files that the next collection takes.
  /// - Parameters:
  ///   - keepRuns: how many of the newest runs stay, with the results they are made of; `nil` keeps
  ///     every run and every result, also those of runs that were never finished.
  ///   - takePartial: takes the states of unfinished stages, too.
  ///   - dryRun: only says what would go.
  /// - Returns: what went, and why.
  /// - Throws: `StoreError.collectionUnderSharedLock` when this store holds a shared lock.
  public func collect(
    keepRuns: Int? = nil, takePartial: Bool = false, dryRun: Bool = false
  ) throws -> CollectionReport {
    let body = {
      let dead = try WorkFolder.dead(in: self.workPath)
      var items = try dead.map { folder in
        try self.leftBehind(.workFolder(path: folder.path), at: folder.path, why: .leftBehind)
      }
      // First of all: it frees space without needing any.
      if !dryRun { for folder in dead { Folder.remove(folder.path) } }
      items += try self.collectPartial(takePartial, dryRun: dryRun)
      items += try self.collectRecorded(keepRuns: keepRuns, dryRun: dryRun)
      return CollectionReport(items: items, isDryRun: dryRun)
    }
    return try dryRun ? whileShared(body) : whileExclusive(body)
  }

  private func leftBehind(
    _ subject: CollectionReport.Subject, at path: String, why: CollectionReport.Reason
  ) throws -> CollectionReport.Item {
    CollectionReport.Item(subject: subject, reason: why, bytes: try Folder.usage(of: path).bytes)
  }

  private func collectPartial(_ isAsked: Bool, dryRun: Bool) throws -> [CollectionReport.Item] {
    guard isAsked else { return [] }
    return try Folder.names(at: "\(path)/partial").map { name in
      let place = "\(path)/partial/\(name)"
      let item = try leftBehind(.partial(path: place), at: place, why: .asked)
      if !dryRun { Folder.remove(place) }
      return item
    }
  }

  private func collectRecorded(
    keepRuns: Int?, dryRun: Bool
  ) throws -> [CollectionReport.Item] {
    while true {
      let plan = try CollectionPlan(self, keepRuns: keepRuns)
      let items = try items(of: plan)
      trace("collect-planned")
      if dryRun { return items }
      guard try deleteRows(plan) else { continue }
      // Documents first: one without its objects would count as damage.
      for document in plan.documents { Folder.remove(recordFolder.path(of: document)) }
      for path in plan.strays { Folder.remove(path) }
      for content in plan.objects { Folder.remove(objectFolder.path(of: content.digest)) }
      return items
    }
  }

  private func items(of plan: CollectionPlan) throws -> [CollectionReport.Item] {
    typealias Item = CollectionReport.Item
    let runs = plan.runs.map {
      Item(subject: .run($0.hash, name: $0.name), reason: $0.reason, bytes: 0)
    }
    let results = plan.results.map { Item(subject: .result($0.key), reason: $0.reason, bytes: 0) }
    let objects = plan.objects.map {
      Item(subject: .object($0.digest, $0.kind), reason: .unreferenced, bytes: $0.size)
    }
    let strays = try plan.strays.map { try leftBehind(.stray(path: $0), at: $0, why: .leftBehind) }
    return runs + results + objects + strays
  }

  /// Takes the rows out of the index; `false`, and nothing is done, if results or runs came or went
  /// since the plan was made.
  private func deleteRows(_ plan: CollectionPlan) throws -> Bool {
    func delete(_ db: Database) throws -> Bool {
      guard plan.isValid(results: try db.results(), runs: try db.runs()) else { return false }
      for run in plan.runs { try db.deleteRun(run.hash) }
      for result in plan.results { try db.deleteResult(result.key) }
      for content in plan.objects { try db.deleteObject(content.digest) }
      return true
    }
    do {
      return try index.write(delete)
    } catch StoreError.system(_, _, ENOSPC) {
      return try index.writeOnFullDisk(delete)
    }
  }
}
