import GRDB

extension Database {
  // MARK: Results

  /// The document of the result under the key.
  func result(_ key: Digest) throws -> Digest? {
    let statement = try cachedStatement(sql: "SELECT document FROM result WHERE key = ?")
    return try Row.fetchOne(statement, arguments: [key.blob]).map { try Digest($0[0]) }
  }

  func results() throws -> [(key: Digest, document: Digest)] {
    try pairs("SELECT key, document FROM result ORDER BY key")
  }

  func saveResult(_ key: Digest, document: Digest) throws {
    try execute(
      sql: "INSERT OR REPLACE INTO result VALUES (?, ?)", arguments: [key.blob, document.blob])
  }

  func deleteResult(_ key: Digest) throws {
    try execute(sql: "DELETE FROM result WHERE key = ?", arguments: [key.blob])
    try execute(sql: "DELETE FROM label WHERE key = ?", arguments: [key.blob])
  }

  // MARK: Runs

  /// Hash and document of every run, the last executed one first.
  func runs() throws -> [(key: Digest, document: Digest)] {
    try pairs(
      """
      SELECT run.hash, run.document FROM run
      LEFT JOIN execution ON execution.run = run.hash
      GROUP BY run.id ORDER BY max(execution.started) DESC, run.id DESC
      """)
  }

  func run(_ hash: Digest) throws -> Digest? {
    try Row.fetchOne(self, sql: "SELECT document FROM run WHERE hash = ?", arguments: [hash.blob])
      .map { try Digest($0[0]) }
  }

  func saveRun(_ hash: Digest, document: Digest) throws {
    try execute(
      sql: """
        INSERT INTO run (hash, document) VALUES (?, ?)
        ON CONFLICT (hash) DO UPDATE SET document = excluded.document
        """, arguments: [hash.blob, document.blob])
  }

  func deleteRun(_ hash: Digest) throws {
    try execute(sql: "DELETE FROM run WHERE hash = ?", arguments: [hash.blob])
    try execute(sql: "DELETE FROM execution WHERE run = ?", arguments: [hash.blob])
  }

  /// The documents of the run's executions, the last one first.
  func executions(of run: Digest) throws -> [Digest] {
    let statement = try cachedStatement(
      sql: "SELECT document FROM execution WHERE run = ? ORDER BY started DESC, id DESC")
    return try Row.fetchAll(statement, arguments: [run.blob]).map { try Digest($0[0]) }
  }

  func executions() throws -> [(key: Digest, document: Digest)] {
    try pairs("SELECT run, document FROM execution ORDER BY id")
  }

  func saveExecution(of run: Digest, startedAt: Double, document: Digest) throws {
    try execute(
      sql: "INSERT OR IGNORE INTO execution (run, started, document) VALUES (?, ?, ?)",
      arguments: [run.blob, startedAt.isFinite ? startedAt : 0, document.blob])
  }

  // MARK: Labels

  /// The keys under the label, the last one first.
  func keys(labelled name: String) throws -> [Digest] {
    try Row.fetchAll(
      self, sql: "SELECT key FROM label WHERE name = ? ORDER BY id DESC", arguments: [name]
    ).map { try Digest($0[0]) }
  }

  func labels(of key: Digest) throws -> [String] {
    try Row.fetchAll(
      self, sql: "SELECT name FROM label WHERE key = ? ORDER BY name", arguments: [key.blob]
    ).compactMap { String.fromDatabaseValue($0[0]) }
  }

  func label(_ name: String, _ key: Digest) throws {
    // A new row, with a new number: the label's newest key.
    try execute(
      sql: "INSERT OR REPLACE INTO label (name, key) VALUES (?, ?)", arguments: [name, key.blob])
  }

  // MARK: All

  /// Takes out whatever points to the document; `false` if nothing does.
  func deleteRecord(_ document: Digest) throws -> Bool {
    let before = totalChangesCount
    for table in ["result", "run", "execution"] {
      try execute(sql: "DELETE FROM \(table) WHERE document = ?", arguments: [document.blob])
    }
    return totalChangesCount > before
  }

  func insert(_ projection: Projection) throws {
    for row in projection.objects { try save(row) }
    for (key, document) in projection.results.sorted(by: { $0.key < $1.key }) {
      try saveResult(key, document: document)
    }
    for (hash, document) in projection.runs.sorted(by: { $0.key < $1.key }) {
      try saveRun(hash, document: document)
    }
    for execution in projection.executions.sorted(by: { $0.startedAt < $1.startedAt }) {
      try saveExecution(
        of: execution.run, startedAt: execution.startedAt, document: execution.document)
    }
  }

  private func pairs(_ sql: String) throws -> [(key: Digest, document: Digest)] {
    try Row.fetchAll(self, sql: sql).map { (try Digest($0[0]), try Digest($0[1])) }
  }
}
