import Documents
import GRDB

/// All that the index says, read from the files it is about.
struct Projection {
  let objects: ObjectFolder
  let records: ObjectFolder

  /// Fills an empty index: every object is hashed, and entered if it is what its name says.
  ///
  /// Where a crash left two documents for one subject, the younger file counts.
  func fill(_ db: Database) throws {
    let survey = try Survey(records)
    let read = try readObjects(survey, db)
    try readTrees(from: survey.trees.union(read.trees), db)
    var labels: [Label] = []
    for digest in survey.documents {
      let entry = ObjectFolder.Entry(path: records.path(of: digest), digest: digest)
      guard let stored = try StoredDocument(at: entry) else { continue }
      try stored.enter(
        db, recipe: { read.recipes[$0] ?? Recipe() }, named: { read.named[$0] ?? [] })
      labels += stored.labels(startedAt: survey.lastExecutions)
    }
    // The newest last: that is the one a label stands for.
    labels.sort { ($0.time, $0.name, $0.key) < ($1.time, $1.name, $1.key) }
    for label in labels { try db.label(label.name, label.key) }
  }

  struct Label {
    let time: Double
    let name: String
    let key: Digest
  }

  /// What is in the objects that documents need read.
  private struct Read {
    var recipes: [Digest: Recipe] = [:]
    /// The objects that a snapshot and the executions' origins name, by the run's hash.
    var named: [Digest: [Digest]] = [:]
    var trees: Set<Digest> = []
  }

  private func readObjects(_ survey: Survey, _ db: Database) throws -> Read {
    var read = Read(named: survey.kept)
    for entry in try objects.entries() {
      guard let digest = entry.digest, let file = try OpenFile.readingIfThere(entry.path) else {
        continue
      }
      let status = try file.status()
      let content = try file.content()
      guard content.digest == digest else { continue }
      try db.save(ObjectRow(content: content, stamp: status.stamp))
      if survey.preimages.contains(digest) {
        try file.rewind()
        read.recipes[digest] = Recipe(preimage: try file.bytes())
      }
      let runs = survey.origins[digest] ?? (survey.runs.contains(digest) ? [digest] : [])
      guard !runs.isEmpty else { continue }
      try file.rewind()
      guard let document = try? Value(canonical: try file.bytes()) else { continue }
      let contents = Content.referred(in: document)
      for run in runs { read.named[run, default: []] += contents.map(\.digest) }
      read.trees.formUnion(contents.filter { $0.kind == .tree }.map(\.digest))
    }
    return read
  }

  /// Only what a record leads to is a folder's list; any other is a file that looks like one.
  private func readTrees(from roots: Set<Digest>, _ db: Database) throws {
    var seen = roots
    var open = Array(roots)
    while let digest = open.popLast() {
      guard let row = try db.object(digest),
        let file = try OpenFile.readingIfThere(objects.path(of: digest)),
        let tree = try? Tree(bytes: try file.bytes())
      else { continue }
      try db.save(ObjectRow(content: row.content.of(kind: .tree), stamp: row.stamp))
      try db.saveEntries(tree.entries.map(\.content.digest), of: digest)
      for entry in tree.entries where entry.content.kind == .tree {
        if seen.insert(entry.content.digest).inserted { open.append(entry.content.digest) }
      }
    }
  }
}

/// A first look at all documents: which of them count, and what they need read.
private struct Survey {
  /// In the order in which they are entered: runs before their executions.
  var documents: [Digest] = []
  var preimages: Set<Digest> = []
  var runs: Set<Digest> = []
  /// The runs that an origin belongs to.
  var origins: [Digest: [Digest]] = [:]
  /// What their executions name, by the runs' hashes.
  var kept: [Digest: [Digest]] = [:]
  var trees: Set<Digest> = []
  /// When each run was last started.
  var lastExecutions: [Digest: Double] = [:]

  init(_ records: ObjectFolder) throws {
    var youngest: [Subject: (digest: Digest, modified: Int64)] = [:]
    var executions: [(startedAt: Double, digest: Digest)] = []
    for entry in try records.entries() {
      guard let stored = try StoredDocument(at: entry) else { continue }
      let digest = stored.document.digest
      note(stored)
      if case .execution(_, let startedAt) = stored.subject {
        executions.append((startedAt, digest))
      } else if youngest[stored.subject].map({ $0.modified < stored.modified }) ?? true {
        youngest[stored.subject] = (digest, stored.modified)
      }
    }
    documents = youngest.values.map(\.digest).sorted()
    documents += executions.sorted { ($0.startedAt, $0.digest) < ($1.startedAt, $1.digest) }
      .map(\.digest)
  }

  private mutating func note(_ stored: StoredDocument) {
    trees.formUnion(stored.contents.filter { $0.kind == .tree }.map(\.digest))
    switch stored.entry {
    case .result(let record): preimages.insert(record.preimage)
    case .run(let run): runs.insert(run.hash)
    case .execution(let it, let run):
      kept[run, default: []] += stored.contents.map(\.digest)
      if let origin = it.origin { origins[origin.digest, default: []].append(run) }
      guard !it.isRerun else { return }
      lastExecutions[run] = max(lastExecutions[run] ?? 0, it.startedAt)
    case .pin: break
    }
  }
}
