import Documents

/// What a collection may take: made from one look at the index, void if that has changed.
struct CollectionPlan {
  private typealias Rows = [(key: Digest, document: Digest)]

  var runs: [(hash: Digest, name: String, reason: CollectionReport.Reason)] = []
  var results: [(key: Digest, reason: CollectionReport.Reason)] = []
  var objects: [Content] = []
  /// Documents of these runs and results, and files that the index does not know.
  var documents: [Digest] = []
  var strays: [String] = []

  /// The results and runs that the plan is made from.
  private let resultRows: Rows
  private let runRows: Rows

  /// `keepRuns` of the newest runs stay, with the results they are made of; `nil` keeps every run
  /// and every result, also those of runs that were never finished.
  init(_ store: Store, keepRuns: Int?) throws {
    let look = try store.index.read { db in
      (results: try db.results(), runs: try db.runs(), objects: try db.objects())
    }
    (resultRows, runRows) = (look.results, look.runs)
    var roots = Roots()
    try choose(from: try store.runs(), keep: keepRuns, store: store, roots: &roots)
    try choose(keepAll: keepRuns == nil, store: store, roots: &roots)

    let reached = Set(try Reach(store).all(from: roots.contents).map(\.digest))
    let needed = reached.union(roots.digests)
    objects = look.objects.map(\.content).filter { !needed.contains($0.digest) }
    try findStrays(store, needed: needed, known: Set(look.objects.map(\.content.digest)))
  }

  private struct Roots {
    var contents: Set<Content> = []
    /// Objects named by their digest alone; always files.
    var digests: Set<Digest> = []
    var keys: Set<Digest> = []
  }

  private mutating func choose(
    from all: [Run], keep: Int?, store: Store, roots: inout Roots
  ) throws {
    for (place, run) in all.enumerated() {
      if place < keep ?? .max {
        roots.digests.insert(run.hash)
        roots.keys.formUnion(run.records.values)
        roots.contents.formUnion(try store.snapshotContents(ifSound: run.hash))
      } else {
        runs.append((run.hash, run.name, .olderRun))
      }
    }
    let readable = Set(all.map(\.hash))
    for row in runRows where !readable.contains(row.key) { runs.append((row.key, "", .unreadable)) }
    let gone = Set(runs.map(\.hash))
    for row in runRows where gone.contains(row.key) { documents.append(row.document) }
    let executions = try store.index.read { try $0.executions() }
    for row in executions where gone.contains(row.key) { documents.append(row.document) }
  }

  private mutating func choose(keepAll: Bool, store: Store, roots: inout Roots) throws {
    for row in resultRows {
      guard let record = try store.record(for: row.key) else {
        results.append((row.key, .unreadable))
        documents.append(row.document)
        continue
      }
      if keepAll || roots.keys.contains(row.key) {
        roots.digests.insert(record.preimage)
        roots.contents.formUnion(Content.referred(in: record.document))
      } else {
        results.append((row.key, .noRun))
        documents.append(row.document)
      }
    }
  }

  private mutating func findStrays(
    _ store: Store, needed: Set<Digest>, known: Set<Digest>
  ) throws {
    for entry in try store.objectFolder.entries() {
      guard let digest = entry.digest, !needed.contains(digest), !known.contains(digest) else {
        continue
      }
      strays.append(entry.path)
    }
    let executions = try store.index.read { try $0.executions() }
    let recorded = Set((resultRows + runRows + executions).map(\.document))
    for entry in try store.recordFolder.entries() {
      if let digest = entry.digest, !recorded.contains(digest) { strays.append(entry.path) }
    }
  }

  /// Whether the results and runs are still those the plan was made from.
  func isValid(results: [(key: Digest, document: Digest)], runs: [(key: Digest, document: Digest)])
    -> Bool
  {
    results.elementsEqual(resultRows, by: ==) && runs.elementsEqual(runRows, by: ==)
  }
}
