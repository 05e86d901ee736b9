import GRDB

extension Database {
  /// The document of the result, and its bytes where the index has them.
  func result(inWhole key: Digest) throws -> (digest: Digest, document: Document?)? {
    try first(
      """
      SELECT result.document, document.bytes FROM result
      LEFT JOIN document ON document.digest = result.document WHERE key = ?
      """, [key]
    ) { row in
      let digest = try row.digest(0)
      return (
        digest, row.isNull(1) ? nil : Document(digest: digest, bytes: try row.bytes(1))
      )
    }
  }

  /// Every result, or those of a run, in the order of the keys.
  func summaries(ofRun hash: Digest?) throws -> [ResultSummary] {
    guard let hash else {
      return try summaries("ORDER BY key", [], count: try number("SELECT count(*) FROM result"))
    }
    let keys = "SELECT key FROM run_result JOIN run ON run.id = run_result.run WHERE run.hash = ?"
    return try summaries("WHERE key IN (\(keys)) ORDER BY key", [hash])
  }

  func summary(_ key: Digest) throws -> ResultSummary? {
    try summaries("WHERE key = ?", [key]).first
  }

  private func summaries(
    _ which: String, _ arguments: [any Bindable], count: Int = 0
  ) throws -> [ResultSummary] {
    var summaries: [ResultSummary] = []
    summaries.reserveCapacity(count)
    try each(
      "SELECT key, kind, stage, made, seconds, size, evicted FROM result \(which)", arguments
    ) { row in
      summaries.append(
        ResultSummary(
          key: try row.digest(0), kind: try row.text(1), stage: try row.text(2),
          madeAt: try row.seconds(3), seconds: try row.seconds(4),
          sizeInBytes: try row.integer(5), isEvicted: try row.integer(6) != 0))
    }
    return summaries
  }

  // MARK: Runs

  /// All runs, the last executed one first.
  func runHashes() throws -> [Digest] {
    try digests(
      """
      SELECT run.hash FROM run
      LEFT JOIN execution ON execution.run = run.hash AND ifnull(same, 3) = 3
      GROUP BY run.id ORDER BY max(execution.started) DESC, run.id DESC
      """)
  }

  func runSummaries() throws -> [RunSummary] {
    var summaries: [RunSummary] = []
    // Of a group with one max(), SQLite takes the other columns from the row that has it.
    try each(
      """
      SELECT run.hash, run.name, run.stages, count(execution.id) - count(same), max(execution.started),
        execution.seconds,
        (SELECT count(*) FROM execution WHERE execution.run = run.hash AND same < 3),
        (SELECT count(*) FROM execution WHERE execution.run = run.hash AND same = 1),
        (SELECT count(*) FROM execution WHERE execution.run = run.hash AND same = 2)
      FROM run LEFT JOIN execution ON execution.run = run.hash AND ifnull(same, 3) = 3
      GROUP BY run.id ORDER BY max(execution.started) DESC, run.id DESC
      """
    ) { row in
      let executions = try row.integer(3)
      summaries.append(
        RunSummary(
          hash: try row.digest(0), name: try row.text(1), stages: try row.integer(2),
          executions: executions, startedAt: row.isNull(4) ? nil : try row.seconds(4),
          seconds: executions == 0 ? nil : try row.seconds(5),
          reruns: try row.integer(6), sameReruns: try row.integer(7),
          declaredReruns: try row.integer(8)))
    }
    return summaries
  }

  func runs(ofResult key: Digest) throws -> [Digest] {
    try digests(
      "SELECT hash FROM run_result JOIN run ON run.id = run_result.run WHERE key = ? ORDER BY hash",
      [key])
  }

  /// The objects that the run's snapshot names.
  func objects(ofRun hash: Digest) throws -> [Digest] {
    try digests(
      "SELECT object FROM run_object JOIN run ON run.id = run_object.run WHERE run.hash = ?",
      [hash])
  }

  // MARK: Prefixes

  /// The hashes in a column of a table that begin with the prefix, in order.
  func hashes(matching prefix: String, _ column: String, of table: String) throws -> [Digest] {
    guard let range = Digest.range(ofPrefix: prefix) else { return [] }
    return try digests(
      "SELECT \(column) FROM \(table) WHERE \(column) BETWEEN ? AND ? ORDER BY \(column)",
      [range.lowerBound, range.upperBound])
  }
}

// MARK: Space

extension Database {
  /// The size of the object and of all below it, as far as they are there.
  func size(of digest: Digest) throws -> Int {
    try number(
      """
      WITH RECURSIVE reach (object) AS (
        VALUES (?) UNION SELECT tree_entry.object FROM reach CROSS JOIN tree_entry ON tree = reach.object)
      SELECT ifnull(sum(object.size), 0) FROM reach CROSS JOIN object ON object.digest = reach.object
      """, [digest])
  }

  func objectCount() throws -> Int {
    try number("SELECT count(*) FROM object")
  }

  /// How many objects there are of each kind, and their size.
  func amounts() throws -> [Content.Kind: Usage.Amount] {
    var amounts: [Content.Kind: Usage.Amount] = [:]
    try each("SELECT kind, count(*), sum(size) FROM object GROUP BY kind") { row in
      guard let kind = Content.Kind(rawValue: try row.text(0)) else {
        throw DatabaseError.senselessRow
      }
      amounts[kind] = Usage.Amount(count: try row.integer(1), bytes: try row.integer(2))
    }
    return amounts
  }

  /// Of the results that are there, by their kinds; what several share counts for each.
  func amountsByKind() throws -> [String: Usage.Amount] {
    var amounts: [String: Usage.Amount] = [:]
    try each("SELECT kind, count(*), sum(size) FROM result WHERE evicted = 0 GROUP BY kind") {
      amounts[try $0.text(0)] = Usage.Amount(count: try $0.integer(1), bytes: try $0.integer(2))
    }
    return amounts
  }

  /// Of the results that were evicted, and what they took.
  func evictedAmount() throws -> Usage.Amount {
    var amount = Usage.Amount.zero
    try each("SELECT count(*), ifnull(sum(size), 0) FROM result WHERE evicted = 1") {
      amount = Usage.Amount(count: try $0.integer(0), bytes: try $0.integer(1))
    }
    return amount
  }
}
