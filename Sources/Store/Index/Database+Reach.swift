import GRDB

/// What leads to what, in both directions.
///
/// `CROSS JOIN` settles the order: from the few objects at hand to the many references, never through
/// all of these.
extension Database {
  /// The object and all folders that it is in, at any depth.
  private static let upwards = """
    WITH RECURSIVE up (object) AS (
      VALUES (?) UNION SELECT tree FROM up CROSS JOIN tree_entry ON tree_entry.object = up.object)
    """

  /// The results, with their labels, and the runs that need the object.
  func users(
    of object: Digest
  ) throws -> (results: [(key: Digest, labels: [String])], runs: [Digest]) {
    let keys = try digests(
      """
      \(Self.upwards)
      SELECT key FROM up CROSS JOIN result_object ON result_object.object = up.object WHERE kept = 1
      UNION SELECT key FROM result WHERE preimage = ? ORDER BY 1
      """, [object, object])
    let runs = try digests(
      """
      \(Self.upwards)
      SELECT hash FROM up CROSS JOIN run_object ON run_object.object = up.object
      JOIN run ON run.id = run_object.run
      UNION SELECT hash FROM run WHERE hash = ? ORDER BY 1
      """, [object, object])
    return (try keys.map { (key: $0, labels: try labels(of: $0)) }, runs)
  }

  /// The results that the object came out of, itself or in a folder; also those that are evicted.
  func makers(of object: Digest) throws -> [Digest] {
    try digests(
      """
      \(Self.upwards)
      SELECT DISTINCT key FROM up CROSS JOIN result_object ON result_object.object = up.object ORDER BY 1
      """, [object])
  }

  /// The results that were computed from the object, from a folder that it is in, or from something
  /// in it.
  func readers(of object: Digest) throws -> [Digest] {
    try digests(
      """
      \(Self.upwards),
      down (object) AS (
        VALUES (?) UNION SELECT tree_entry.object FROM down CROSS JOIN tree_entry ON tree = down.object)
      SELECT key FROM up CROSS JOIN result_input ON result_input.object = up.object
      UNION SELECT key FROM down CROSS JOIN result_input ON result_input.object = down.object ORDER BY 1
      """, [object, object])
  }

  /// The results computed from what came out of this one.
  func readers(ofResult key: Digest) throws -> [Digest] {
    try digests(
      """
      WITH RECURSIVE down (object) AS (
        SELECT object FROM result_object WHERE key = ?
        UNION SELECT tree_entry.object FROM down CROSS JOIN tree_entry ON tree = down.object)
      SELECT DISTINCT key FROM down CROSS JOIN result_input ON result_input.object = down.object ORDER BY 1
      """, [key])
  }

  /// What the result was computed from.
  func inputs(ofResult key: Digest) throws -> [Digest] {
    try digests("SELECT object FROM result_input WHERE key = ? ORDER BY object", [key])
  }

  // MARK: Downwards

  /// All objects that the targets lead to, those missing too, in order.
  func objects(below targets: [PinTarget]) throws -> [Digest] {
    var found: Set<Digest> = []
    for target in targets {
      switch target {
      case .object(let digest): found.insert(digest)
      case .result(let key): found.formUnion(try roots(ofResult: key))
      case .run(let hash):
        found.insert(hash)
        found.formUnion(try objects(ofRun: hash))
        for key in try keys(ofRun: hash) { found.formUnion(try roots(ofResult: key)) }
      }
    }
    var open = Array(found)
    while let digest = open.popLast() {
      let entries = try digests("SELECT object FROM tree_entry WHERE tree = ?", [digest])
      open += entries.filter { found.insert($0).inserted }
    }
    return found.sorted()
  }

  private func roots(ofResult key: Digest) throws -> [Digest] {
    try digests(
      """
      SELECT object FROM result_object WHERE key = ? AND kept = 1
      UNION SELECT preimage FROM result WHERE key = ?
      """, [key, key])
  }

  func keys(ofRun hash: Digest) throws -> [Digest] {
    try digests(
      "SELECT key FROM run_result JOIN run ON run.id = run_result.run WHERE hash = ? ORDER BY key",
      [hash])
  }

  /// The documents of the targets, and of a run's results and executions.
  func documents(of targets: [PinTarget]) throws -> [(subject: Subject, document: Digest)] {
    var all: [(Subject, Digest)] = []
    var seen: Set<Digest> = []
    func add(_ subject: Subject, _ document: Digest?) {
      if let document, seen.insert(document).inserted { all.append((subject, document)) }
    }
    for target in targets {
      switch target {
      case .object: continue
      case .result(let key): add(.result(key), try result(key))
      case .run(let hash):
        add(.run(hash), try run(hash))
        for key in try keys(ofRun: hash) { add(.result(key), try result(key)) }
        for it in try executions(of: hash) { add(.execution(run: hash, startedAt: 0), it) }
      }
    }
    return all
  }
}
