import GRDB

/// The bytes of a file in `records/`.
struct Document: Sendable {
  let digest: Digest
  let bytes: [UInt8]
}

/// What a document in `records/` is about.
enum Subject: Hashable, Sendable {
  case result(Digest)
  case run(Digest)
  case execution(run: Digest, startedAt: Double)
  case pin(String)
}

extension Database {
  // MARK: Documents

  func document(_ digest: Digest) throws -> Document? {
    try first("SELECT bytes FROM document WHERE digest = ?", [digest]) {
      Document(digest: digest, bytes: try $0.bytes(0))
    }
  }

  private func save(_ document: Document, insteadOf old: Digest?) throws {
    if let old, old != document.digest { try deleteDocument(old) }
    try perform(
      "INSERT OR IGNORE INTO document (digest, bytes) VALUES (?, ?)",
      [document.digest, document.bytes])
  }

  private func deleteDocument(_ digest: Digest) throws {
    try perform("DELETE FROM document WHERE digest = ?", [digest])
  }

  /// Every document that something recorded points to, and what that is.
  func recorded() throws -> [(subject: Subject, document: Digest)] {
    var all: [(Subject, Digest)] = []
    try each("SELECT document, key FROM result") {
      all.append((.result(try $0.digest(1)), try $0.digest(0)))
    }
    try each("SELECT document, hash FROM run") {
      all.append((.run(try $0.digest(1)), try $0.digest(0)))
    }
    try each("SELECT document, run, started FROM execution") {
      all.append(
        (.execution(run: try $0.digest(1), startedAt: try $0.seconds(2)), try $0.digest(0)))
    }
    try each("SELECT document, name FROM pin") {
      all.append((.pin(try $0.text(1)), try $0.digest(0)))
    }
    return all
  }

  /// The document that is recorded for the subject.
  func document(of subject: Subject) throws -> Digest? {
    switch subject {
    case .result(let key): try result(key)
    case .run(let hash): try run(hash)
    case .execution: nil
    case .pin(let name): try pin(name)
    }
  }

  /// Takes out what points to the document; `false` if that is something else by now.
  func delete(_ subject: Subject, document: Digest) throws -> Bool {
    switch subject {
    case .execution:
      try perform("DELETE FROM execution WHERE document = ?", [document])
      let isGone = changesCount > 0
      try deleteDocument(document)
      return isGone
    case .result, .run, .pin:
      guard try self.document(of: subject) == document else { return false }
    }
    switch subject {
    case .result(let key): try deleteResult(key)
    case .run(let hash): try deleteRun(hash)
    case .pin(let name): try deletePin(name)
    case .execution: break
    }
    return true
  }

  // MARK: Results

  /// The document of the result under the key.
  func result(_ key: Digest) throws -> Digest? {
    try digest("SELECT document FROM result WHERE key = ?", [key])
  }

  /// Enters the result, when the entries of all folders in it are known.
  func save(_ record: Record, as document: Document, recipe: Recipe) throws {
    let key = record.key
    try save(document, insteadOf: try result(record.key))
    try deleteReferences(ofResult: record.key)
    try saveObjects(of: record)
    for input in recipe.inputs {
      try perform("INSERT OR IGNORE INTO result_input VALUES (?, ?)", [key, input])
    }
    try perform(
      "INSERT OR REPLACE INTO result VALUES (?,?,?,?,?,?,?,?,?)",
      [
        key, document.digest, record.preimage, recipe.kind, record.stage, record.madeAt,
        record.seconds, try size(ofResult: record.key), record.isEvicted,
      ])
  }

  /// Enters the tombstone of a result, whose other columns stay: its size, too, is what it took.
  func evict(_ tombstone: Record, as document: Document) throws {
    try save(document, insteadOf: try result(tombstone.key))
    try perform("DELETE FROM result_object WHERE key = ?", [tombstone.key])
    try saveObjects(of: tombstone)
    try perform(
      "UPDATE result SET document = ?, evicted = 1 WHERE key = ?",
      [document.digest, tombstone.key])
  }

  private func saveObjects(of record: Record) throws {
    let kept = Content.referred(in: record.document).map { ($0.digest, true) }
    // After those that are kept: an output may stand in the notes, too.
    for (digest, isKept) in kept + record.outputs.values.map({ ($0.digest, false) }) {
      try perform(
        "INSERT OR IGNORE INTO result_object VALUES (?, ?, ?)",
        [record.key, digest, isKept])
    }
  }

  /// How much space the objects of the result take, each once.
  private func size(ofResult key: Digest) throws -> Int {
    try number(
      """
      WITH RECURSIVE reach (object) AS (
        SELECT object FROM result_object WHERE key = ?
        UNION SELECT tree_entry.object FROM reach CROSS JOIN tree_entry ON tree = reach.object)
      SELECT sum(object.size) FROM reach CROSS JOIN object ON object.digest = reach.object
      """, [key])
  }

  func deleteResult(_ key: Digest) throws {
    if let document = try result(key) { try deleteDocument(document) }
    try deleteReferences(ofResult: key)
    try perform("DELETE FROM result WHERE key = ?", [key])
    try perform("DELETE FROM label WHERE key = ?", [key])
  }

  private func deleteReferences(ofResult key: Digest) throws {
    try perform("DELETE FROM result_object WHERE key = ?", [key])
    try perform("DELETE FROM result_input WHERE key = ?", [key])
  }

  // MARK: Runs

  func run(_ hash: Digest) throws -> Digest? {
    try digest("SELECT document FROM run WHERE hash = ?", [hash])
  }

  /// `objects` are those that the snapshot names.
  func save(_ it: Run, as document: Document, objects: some Sequence<Digest>) throws {
    try save(document, insteadOf: try run(it.hash))
    try perform(
      """
      INSERT INTO run (hash, document, name, stages) VALUES (?, ?, ?, ?)
      ON CONFLICT (hash) DO UPDATE
      SET document = excluded.document, name = excluded.name, stages = excluded.stages
      """, [it.hash, document.digest, it.name, it.records.count])
    guard let id = try id(ofRun: it.hash) else { throw DatabaseError.senselessRow }
    try deleteReferences(ofRun: id)
    for key in Set(it.records.values).sorted() {
      try perform("INSERT INTO run_result VALUES (?, ?)", [id, key])
    }
    for object in objects {
      try perform("INSERT OR IGNORE INTO run_object VALUES (?, ?)", [id, object])
    }
  }

  /// The run keeps these, too.
  func addObjects(_ objects: [Digest], toRun hash: Digest) throws {
    guard !objects.isEmpty, let id = try id(ofRun: hash) else { return }
    for object in objects {
      try perform("INSERT OR IGNORE INTO run_object VALUES (?, ?)", [id, object])
    }
  }

  func name(ofRun hash: Digest) throws -> String? {
    try first("SELECT name FROM run WHERE hash = ?", [hash]) { try $0.text(0) }
  }

  private func id(ofRun hash: Digest) throws -> Int? {
    try first("SELECT id FROM run WHERE hash = ?", [hash]) { try $0.integer(0) }
  }

  func deleteRun(_ hash: Digest) throws {
    for document in try executions(of: hash) { try deleteDocument(document) }
    if let document = try run(hash) { try deleteDocument(document) }
    if let id = try id(ofRun: hash) { try deleteReferences(ofRun: id) }
    try perform("DELETE FROM run WHERE hash = ?", [hash])
    try perform("DELETE FROM execution WHERE run = ?", [hash])
    try perform("DELETE FROM answer WHERE run = ?", [hash])
  }

  private func deleteReferences(ofRun id: Int) throws {
    try perform("DELETE FROM run_result WHERE run = ?", [id])
    try perform("DELETE FROM run_object WHERE run = ?", [id])
  }

  /// The documents of the run's executions, the last one first.
  func executions(of run: Digest) throws -> [Digest] {
    try digests(
      "SELECT document FROM execution WHERE run = ? ORDER BY started DESC, id DESC", [run])
  }

  func save(_ execution: Execution, of hash: Digest, as document: Document) throws {
    try save(document, insteadOf: nil)
    try perform(
      """
      INSERT OR IGNORE INTO execution (run, started, seconds, same, document)
      VALUES (?, ?, ?, CASE WHEN ? THEN ? END, ?)
      """,
      [
        hash, execution.startedAt.isFinite ? execution.startedAt : 0,
        execution.seconds.isFinite ? execution.seconds : 0,
        execution.isRerun || execution.bundle != nil,
        execution.bundle != nil ? 3 : execution.isSame ? 1 : execution.isDifferent ? 0 : 2,
        document.digest,
      ])
  }

  // MARK: Requests

  /// How many answers are kept, the last ones.
  private static let mostAnswers = 100

  /// Not checked against its digest.
  func answer(to request: SHA256) throws -> Document? {
    try first("SELECT digest, bytes FROM answer WHERE request = ?", [request]) {
      Document(digest: try $0.digest(0), bytes: try $0.bytes(1))
    }
  }

  func save(_ answer: [UInt8], answering request: SHA256, run: Digest) throws {
    try perform(
      "INSERT OR REPLACE INTO answer (request, run, digest, bytes) VALUES (?, ?, ?, ?)",
      [request, run, Digest(hashing: answer), answer])
    try perform(
      "DELETE FROM answer WHERE id <= (SELECT max(id) FROM answer) - ?", [Self.mostAnswers])
  }

  // MARK: Pins

  func pin(_ name: String) throws -> Digest? {
    try digest("SELECT document FROM pin WHERE name = ?", [name])
  }

  func pins() throws -> [(name: String, target: PinTarget)] {
    var pins: [(String, PinTarget)] = []
    try each("SELECT name, target, digest FROM pin ORDER BY name") {
      guard let target = PinTarget(word: try $0.text(1), digest: try $0.digest(2)) else {
        throw DatabaseError.senselessRow
      }
      pins.append((try $0.text(0), target))
    }
    return pins
  }

  func save(_ it: Pin, as document: Document) throws {
    try save(document, insteadOf: try pin(it.name))
    try perform(
      "INSERT OR REPLACE INTO pin VALUES (?, ?, ?, ?)",
      [it.name, document.digest, it.target.word, it.target.digest])
  }

  func deletePin(_ name: String) throws {
    if let document = try pin(name) { try deleteDocument(document) }
    try perform("DELETE FROM pin WHERE name = ?", [name])
  }

  // MARK: Labels

  /// The keys under the label, the last one first.
  func keys(labelled name: String) throws -> [Digest] {
    try digests("SELECT key FROM label WHERE name = ? ORDER BY id DESC", [name])
  }

  func labels(of key: Digest) throws -> [String] {
    var names: [String] = []
    try each("SELECT name FROM label WHERE key = ? ORDER BY name", [key]) {
      names.append(try $0.text(0))
    }
    return names
  }

  func label(_ name: String, _ key: Digest) throws {
    // A new row, with a new number: the label's newest key.
    try perform("INSERT OR REPLACE INTO label (name, key) VALUES (?, ?)", [name, key])
  }

  // MARK: Folders

  func hasEntries(_ tree: Digest) throws -> Bool {
    try digest("SELECT tree FROM tree_entry WHERE tree = ? LIMIT 1", [tree]) != nil
  }

  func saveEntries(_ objects: some Sequence<Digest>, of tree: Digest) throws {
    for object in objects {
      try perform("INSERT OR IGNORE INTO tree_entry VALUES (?, ?)", [tree, object])
    }
  }

  func deleteEntries(of tree: Digest) throws {
    try perform("DELETE FROM tree_entry WHERE tree = ?", [tree])
  }
}
