/// One pass over a store, or over what some things in it lead to; others may use the store and add
/// to it meanwhile.
final class Verification {
  private let store: Store
  /// What each object was found to be.
  private var found: [Digest: Content] = [:]
  private var kinds: [Digest: (path: String, kind: Damage.Kind)] = [:]
  private var unknown: [String] = []
  private var followed: Set<Content> = []

  init(_ store: Store) { self.store = store }

  // MARK: Objects

  /// Reads all objects.
  func readObjects(_ progress: (Int, Int) -> Void) throws {
    // Rows before files: whatever is in the index has its file by now.
    let rows = try store.index.read { try $0.objects() }
    try read(try store.objectFolder.entries(), rows: rows, progress)
  }

  /// Reads these objects.
  func readObjects(_ digests: [Digest], _ progress: (Int, Int) -> Void) throws {
    let rows = try store.index.read { db in try digests.compactMap { try db.object($0) } }
    let entries = digests.map {
      ObjectFolder.Entry(path: store.objectFolder.path(of: $0), digest: $0)
    }
    try read(entries, rows: rows, progress)
    // Something leads to each of them, whether the index has it or not.
    for entry in entries {
      guard let digest = entry.digest, found[digest] == nil, kinds[digest] == nil else { continue }
      kinds[digest] = (entry.path, .missing)
    }
  }

  private func read(
    _ entries: [ObjectFolder.Entry], rows all: [ObjectRow], _ progress: (Int, Int) -> Void
  ) throws {
    var rows: [Digest: ObjectRow] = [:]
    for row in all { rows[row.content.digest] = row }
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

  /// Reads all documents, and follows those that are recorded to the objects they need.
  func readRecords() throws {
    let rows = try store.index.read { try $0.recorded() }
    let recorded = Set(rows.map(\.document))
    var sound: Set<Digest> = []
    var strays: [Digest] = []
    for entry in try store.recordFolder.entries() {
      guard let digest = entry.digest else {
        try putAside(entry.path)
        continue
      }
      guard let stored = try document(entry, digest) else { continue }
      sound.insert(digest)
      if recorded.contains(digest) { try follow(stored) } else { strays.append(digest) }
    }
    try adopt(strays)
    for row in rows where !sound.contains(row.document) { try noteLoss(row.subject, row.document) }
  }

  /// The same of these documents.
  func readRecords(_ rows: [(subject: Subject, document: Digest)]) throws {
    for (subject, digest) in rows {
      let entry = ObjectFolder.Entry(path: store.recordFolder.path(of: digest), digest: digest)
      if let stored = try document(entry, digest) {
        try follow(stored)
      } else {
        try noteLoss(subject, digest)
      }
    }
  }

  private func noteLoss(_ subject: Subject, _ document: Digest) throws {
    let path = store.recordFolder.path(of: document)
    let isLost = try store.index.write { db in
      // Another record may have taken its place by now, with a file of its own.
      guard try FileStatus.at(path) == nil else { return false }
      return try db.delete(subject, document: document)
    }
    if isLost, kinds[document] == nil { kinds[document] = (path, .missing) }
  }

  /// The document in the file, if it is one of ours; what is not goes to quarantine.
  private func document(_ entry: ObjectFolder.Entry, _ digest: Digest) throws -> StoredDocument? {
    switch try store.examine(entry.path, as: digest) {
    case .sound:
      if let stored = try StoredDocument(at: entry) { return stored }
      kinds[digest] = (entry.path, .notADocument)
    case .damaged(let kind): kinds[digest] = (entry.path, kind)
    case .missing: return nil
    }
    try store.quarantine.take(entry.path, as: digest.description)
    return nil
  }

  /// Enters documents that an interruption left unrecorded, where the index has nothing instead.
  private func adopt(_ documents: [Digest]) throws {
    for digest in documents.sorted() {
      let path = store.recordFolder.path(of: digest)
      guard let stored = try StoredDocument(at: .init(path: path, digest: digest)),
        stored.needed.allSatisfy({ found[$0.digest]?.hasSameBytes(as: $0) == true }),
        stored.objects.allSatisfy({ found[$0] != nil })
      else { continue }
      try Folder.sync(store.recordFolder.folder(of: digest))
      if try store.enter(stored) { try follow(stored) }
    }
  }

  // MARK: References

  private func follow(_ stored: StoredDocument) throws {
    for digest in stored.objects { try miss(digest, expecting: nil) }
    try follow(stored.needed)
    guard case .run(let run) = stored.entry else { return }
    do {
      try follow(try store.snapshotContents(run.hash))
    } catch let error as StoreError where error.isDamage {
      // Named already: a lost snapshot leads nowhere.
    }
  }

  private func follow(_ contents: Set<Content>) throws {
    var open = Array(contents)
    while let content = open.popLast() {
      try miss(content.digest, expecting: content)
      guard content.kind == .tree, followed.insert(content).inserted else { continue }
      do {
        open += try store.tree(content).entries.map(\.content)
      } catch let error as StoreError where error.isDamage || error == .notATree(content.digest) {}
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
      let users = try store.index.read { try $0.users(of: digest) }
      let labels = users.results.flatMap { key, labels in
        labels.isEmpty ? [key.description] : labels
      }
      return Damage(
        kind: it.kind, digest: digest, path: it.path,
        users: Set(labels).sorted() + users.runs.map { "run \($0)" },
        keys: users.results.map(\.key))
    }
    let strangers = unknown.map {
      Damage(kind: .unknownFile, digest: nil, path: $0, users: [], keys: [])
    }
    return (named + strangers).sorted { $0.path < $1.path }
  }
}

extension Store {
  /// Enters a document that nothing points to; `false` if the index has another one instead.
  func enter(_ stored: StoredDocument) throws -> Bool {
    var recipe = Recipe()
    var contents = stored.contents
    if case .result(let record) = stored.entry {
      recipe = Recipe(preimage: try bytes(of: record.preimage))
    }
    var named: [Digest] = []
    if case .run(let run) = stored.entry {
      let files = try snapshotContents(run.hash)
      named = files.map(\.digest)
      contents.formUnion(files)
    }
    let trees = try newTrees(below: contents, needed: [])
    return try index.write { db in
      guard try db.document(of: stored.subject) == nil else { return false }
      for tree in trees { try db.saveEntries(tree.entries, of: tree.digest) }
      try stored.enter(db, recipe: { _ in recipe }, named: { _ in named })
      return true
    }
  }
}
