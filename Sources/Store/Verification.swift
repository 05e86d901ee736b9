/// One pass over a store, which others may use and add to meanwhile.
final class Verification {
  private let store: Store
  /// What each object was found to be.
  private var found: [Digest: Content] = [:]
  private var kinds: [Digest: (path: String, kind: Damage.Kind)] = [:]
  private var unknown: [String] = []
  private var users: [Digest: Set<Digest>] = [:]
  private var runUsers: [Digest: Set<String>] = [:]

  init(_ store: Store) { self.store = store }

  // MARK: Objects

  func readObjects(_ progress: (Int, Int) -> Void) throws {
    // Rows before files: whatever is in the index has its file by now.
    var rows: [Digest: ObjectRow] = [:]
    for row in try store.index.read({ try $0.objects() }) { rows[row.content.digest] = row }
    let entries = try store.objectFolder.entries()
    let sizes = try entries.map { try FileStatus.at($0.path)?.size ?? 0 }
    let total = sizes.reduce(0, +)
    var done = 0
    for (entry, size) in zip(entries, sizes) {
      try readObject(entry, row: entry.digest.flatMap { rows.removeValue(forKey: $0) })
      done += size
      progress(done, total)
    }
    for digest in rows.keys {
      kinds[digest] = (store.objectFolder.path(of: digest), .missing)
      try store.index.write { try $0.deleteObject(digest) }
    }
  }

  private func readObject(_ entry: ObjectFolder.Entry, row: ObjectRow?) throws {
    guard let digest = entry.digest else { return try putAside(entry.path) }
    switch try store.examine(entry.path, as: digest) {
    case .sound(let content, let stamp):
      let content = content.of(kind: row?.content.kind ?? .file)
      found[digest] = content
      let now = ObjectRow(content: content, stamp: stamp)
      if row == nil { try Folder.sync(store.objectFolder.folder(of: digest)) }
      if row != now { try store.index.write { try $0.save(now) } }
    case .damaged(var kind):
      if let row, case .bytes = kind, let size = try FileStatus.at(entry.path)?.size,
        size != row.content.size
      {
        kind = .size(expected: row.content.size, found: size)
      }
      kinds[digest] = (entry.path, kind)
      try store.discard(digest)
    case .missing:
      // Collected or put aside by somebody else this moment; its row says whether it is missed.
      kinds[digest] = row == nil ? nil : (entry.path, .missing)
    }
  }

  private func putAside(_ path: String) throws {
    unknown.append(path)
    try store.quarantine.take(path, as: "unknown")
  }

  // MARK: Records

  func readRecords() throws {
    let rows = try store.index.read { db in
      (results: try db.results(), runs: try db.runs(), executions: try db.executions())
    }
    var sound = Set<Digest>()
    for entry in try store.recordFolder.entries() {
      guard let digest = entry.digest else {
        try putAside(entry.path)
        continue
      }
      if try check(entry, digest) { sound.insert(digest) }
    }
    let all = (rows.results + rows.runs + rows.executions).map(\.document)
    try adopt(sound.subtracting(all))
    for document in all where !sound.contains(document) {
      let path = store.recordFolder.path(of: document)
      let isLost = try store.index.write { db in
        // Another record may have taken its place by now, with a file of its own.
        guard try FileStatus.at(path) == nil else { return false }
        return try db.deleteRecord(document)
      }
      if isLost, kinds[document] == nil { kinds[document] = (path, .missing) }
    }
  }

  /// Whether the file is a document of ours; what is not goes to quarantine.
  private func check(_ entry: ObjectFolder.Entry, _ digest: Digest) throws -> Bool {
    switch try store.examine(entry.path, as: digest) {
    case .sound:
      if try StoredDocument(at: entry) != nil { return true }
      kinds[digest] = (entry.path, .notADocument)
    case .damaged(let kind): kinds[digest] = (entry.path, kind)
    case .missing: return false
    }
    try store.quarantine.take(entry.path, as: digest.description)
    return false
  }

  /// Enters documents that an interruption left unrecorded, where the index has nothing instead.
  private func adopt(_ documents: Set<Digest>) throws {
    for digest in documents.sorted() {
      let path = store.recordFolder.path(of: digest)
      guard let document = try StoredDocument(at: .init(path: path, digest: digest)),
        document.contents.allSatisfy({ found[$0.digest]?.hasSameBytes(as: $0) == true }),
        document.objects.allSatisfy({ found[$0] != nil })
      else { continue }
      try Folder.sync(store.recordFolder.folder(of: digest))
      try store.index.write { db in
        switch document.subject {
        case .result(let key):
          if try db.result(key) == nil { try db.saveResult(key, document: digest) }
        case .run(let hash): if try db.run(hash) == nil { try db.saveRun(hash, document: digest) }
        case .execution(let run, let startedAt):
          try db.saveExecution(of: run, startedAt: startedAt, document: digest)
        }
      }
    }
  }

  // MARK: References

  func followReferences() throws {
    let reach = Reach(store)
    for record in try store.records() {
      let contents = try reach.all(from: Content.referred(in: record.document))
      for content in contents {
        try miss(content.digest, expecting: content)
        users[content.digest, default: []].insert(record.key)
      }
      try miss(record.preimage, expecting: nil)
      users[record.preimage, default: []].insert(record.key)
    }
    for run in try store.runs() {
      let contents = try reach.all(from: store.snapshotContents(ifSound: run.hash))
      for content in contents {
        try miss(content.digest, expecting: content)
        runUsers[content.digest, default: []].insert("run \(run.hash)")
      }
      try miss(run.hash, expecting: nil)
      runUsers[run.hash, default: []].insert("run \(run.hash)")
    }
  }

  /// Notes it when an object that is needed was not found, or has a twin's bytes.
  private func miss(_ digest: Digest, expecting content: Content?) throws {
    guard kinds[digest] == nil else { return }
    let path = store.objectFolder.path(of: digest)
    // What was stored since the objects were read is there all the same.
    guard let found = try found[digest] ?? store.standing(digest) else {
      kinds[digest] = (path, .missing)
      return
    }
    guard let content else { return }
    if found.hasSameBytes(as: content) {
      guard content.kind == .tree, found.kind != .tree else { return }
      self.found[digest] = content
      return try store.index.write { try $0.markAsTree(digest) }
    }
    kinds[digest] = (path, .twin(found: found.sha256))
    try store.discard(digest)
  }

  func damage() throws -> [Damage] {
    let named = try kinds.map { digest, it in
      let keys = users[digest, default: []].sorted()
      let labels = try keys.flatMap { key in
        let labels = try store.index.read { try $0.labels(of: key) }
        return labels.isEmpty ? [key.description] : labels
      }
      return Damage(
        kind: it.kind, digest: digest, path: it.path,
        users: Set(labels).sorted() + runUsers[digest, default: []].sorted(), keys: keys)
    }
    let strangers = unknown.map {
      Damage(kind: .unknownFile, digest: nil, path: $0, users: [], keys: [])
    }
    return (named + strangers).sorted { $0.path < $1.path }
  }
}
