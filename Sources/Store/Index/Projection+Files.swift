import Documents

extension Projection {
  /// Reads the whole store: every object is hashed, and entered if it is what its name says.
  ///
  /// Where a crash left two documents for one key, the younger file counts.
  init(objects: ObjectFolder, records: ObjectFolder) throws {
    var ages: [Digest: Int64] = [:]
    var trees: Set<Digest> = []
    for entry in try records.entries() {
      guard let document = try StoredDocument(at: entry) else { continue }
      trees.formUnion(document.contents.filter { $0.kind == .tree }.map(\.digest))
      switch document.subject {
      case .execution(let run, let startedAt):
        executions.append((run, startedAt, document.digest))
      case .result(let key) where ages[key, default: .min] < document.modified:
        ages[key] = document.modified
        results[key] = document.digest
      case .run(let hash) where ages[hash, default: .min] < document.modified:
        ages[hash] = document.modified
        runs[hash] = document.digest
      case .result, .run: continue
      }
    }
    try readObjects(objects, roots: trees)
  }

  private mutating func readObjects(_ folder: ObjectFolder, roots: Set<Digest>) throws {
    var trees = roots
    var lists: [Digest: Tree] = [:]
    for entry in try folder.entries() {
      guard let digest = entry.digest, let file = try OpenFile.readingIfThere(entry.path) else {
        continue
      }
      let status = try file.status()
      let content = try file.content()
      guard content.digest == digest else { continue }
      objects.append(ObjectRow(content: content, stamp: status.stamp))
      lists[digest] = try Self.tree(in: file)
      if runs[digest] != nil { trees.formUnion(try Self.trees(namedIn: file)) }
    }
    // Only what a record leads to is a folder's list; any other is a file that looks like one.
    var open = Array(trees)
    while let digest = open.popLast() {
      for entry in lists[digest]?.entries ?? [] where entry.content.kind == .tree {
        if trees.insert(entry.content.digest).inserted { open.append(entry.content.digest) }
      }
    }
    objects = objects.map { row in
      let kind: Content.Kind = trees.contains(row.content.digest) ? .tree : .file
      return ObjectRow(content: row.content.of(kind: kind), stamp: row.stamp)
    }
  }

  /// The folders that a snapshot names.
  private static func trees(namedIn file: OpenFile) throws -> [Digest] {
    try file.rewind()
    let bytes = try file.bytes()
    guard let document = try? Value(canonical: bytes) else { return [] }
    return Content.referred(in: document).filter { $0.kind == .tree }.map(\.digest)
  }

  /// The folder's list that the file is, if it begins like one.
  private static func tree(in file: OpenFile) throws -> Tree? {
    let start = Array(#"{"entries":["#.utf8)
    try file.rewind()
    var beginning = [UInt8](repeating: 0, count: start.count)
    let count = try beginning.withUnsafeMutableBytes { try file.read(into: $0) }
    guard count == start.count, beginning == start else { return nil }
    try file.rewind()
    let bytes = try file.bytes()
    return try? Tree(bytes: bytes)
  }
}

/// A file of `records/` that is what its name says and a document we know.
struct StoredDocument {
  enum Subject: Hashable {
    case result(Digest)
    case run(Digest)
    case execution(run: Digest, startedAt: Double)
  }

  let digest: Digest
  let subject: Subject
  let contents: Set<Content>
  /// Further objects that it needs, named by their digests alone.
  let objects: [Digest]
  let modified: Int64

  init?(at entry: ObjectFolder.Entry) throws {
    guard let digest = entry.digest, let file = try OpenFile.readingIfThere(entry.path) else {
      return nil
    }
    let status = try file.status()
    let bytes = try file.bytes()
    guard Digest(hashing: bytes) == digest, let document = try? Value(canonical: bytes),
      let (subject, objects) = Self.subject(of: document)
    else { return nil }
    self.digest = digest
    self.subject = subject
    self.objects = objects
    contents = Content.referred(in: document)
    modified = status.stamp.modified
  }

  private static func subject(of document: Value) -> (Subject, needs: [Digest])? {
    if let record = try? Record(document: document) {
      return (.result(record.key), [record.preimage])
    }
    if let run = try? Run(document: document) { return (.run(run.hash), [run.hash]) }
    guard let execution = try? Execution(document: document),
      let run = document["run"]?.string.flatMap({ try? Digest(parsing: $0) })
    else { return nil }
    return (.execution(run: run, startedAt: execution.startedAt), [])
  }
}
