import GRDB

/// Who needs what, as the index knows it, in so few bytes that a million results fit: things are
/// named by their places in lists.
struct ReferenceGraph {
  struct Object {
    let digest: Digest
    let size: Int
    let kind: Content.Kind
  }

  struct Result {
    let key: Digest
    /// The place of the preimage's object, if that is there.
    let preimage: Int32?
    let madeAt: Double
    let seconds: Double
    /// The place of the kind in ``ReferenceGraph/kinds``.
    let kind: Int32
    let isEvicted: Bool
  }

  struct Run {
    let hash: Digest
    let name: String
    let startedAt: Double?
    /// The place of the snapshot, if that is there.
    let snapshot: Int32?
    var results: [Int32] = []
    var objects: [Int32] = []
    /// Whether every result that it is made of is still recorded.
    var isWhole = true
  }

  /// In the order of the digests and keys.
  private(set) var objects: [Object] = []
  private(set) var results: [Result] = []
  private(set) var kinds: [String] = []
  /// The last executed one first.
  private(set) var runs: [Run] = []
  private(set) var pins: [PinTarget] = []
  /// What each result keeps, and each folder.
  private(set) var kept = Edges()
  private(set) var entries = Edges()
  /// The documents in use, in order.
  private(set) var documents: [Digest] = []

  init(_ db: Database) throws {
    try readObjects(db)
    try readResults(db)
    kept = try edges(
      db, "SELECT key, object FROM result_object WHERE kept = 1 ORDER BY key, object",
      from: results.count
    ) { results[$0].key }
    entries = try edges(
      db, "SELECT tree, object FROM tree_entry ORDER BY tree, object", from: objects.count
    ) { objects[$0].digest }
    try readRuns(db)
    pins = try db.pins().map(\.target)
    documents = try db.digests("SELECT digest FROM document ORDER BY digest")
  }

  private mutating func readObjects(_ db: Database) throws {
    objects.reserveCapacity(try db.objectCount())
    let (file, tree) = (Content.Kind.file, Content.Kind.tree)
    try db.each("SELECT digest, size, kind = 'tree' FROM object ORDER BY digest") { row in
      objects.append(
        Object(
          digest: try row.digest(0), size: try row.integer(1),
          kind: try row.integer(2) == 0 ? file : tree))
    }
  }

  private mutating func readResults(_ db: Database) throws {
    var places: [String: Int32] = [:]
    try db.each("SELECT key, preimage, made, seconds, kind, evicted FROM result ORDER BY key") {
      row in
      let kind = try row.text(4)
      let place = places[kind] ?? Int32(kinds.count)
      if places.updateValue(place, forKey: kind) == nil { kinds.append(kind) }
      results.append(
        Result(
          key: try row.digest(0), preimage: object(try row.digest(1)),
          madeAt: try row.seconds(2), seconds: try row.seconds(3), kind: place,
          isEvicted: try row.integer(5) != 0))
    }
  }

  private mutating func readRuns(_ db: Database) throws {
    var places: [Digest: Int] = [:]
    for (place, it) in try db.runSummaries().enumerated() {
      places[it.hash] = place
      runs.append(
        Run(hash: it.hash, name: it.name, startedAt: it.startedAt, snapshot: object(it.hash)))
    }
    var byNumber: [Int: Int] = [:]
    try db.each("SELECT id, hash FROM run") { row in
      byNumber[try row.integer(0)] = places[try row.digest(1)]
    }
    try db.each("SELECT run, key FROM run_result ORDER BY run, key") { row in
      guard let run = byNumber[try row.integer(0)] else { return }
      if let result = result(try row.digest(1)) {
        runs[run].results.append(result)
      } else {
        runs[run].isWhole = false
      }
    }
    try db.each("SELECT run, object FROM run_object ORDER BY run, object") { row in
      guard let run = byNumber[try row.integer(0)], let object = object(try row.digest(1)) else {
        return
      }
      runs[run].objects.append(object)
    }
  }

  /// Reads pairs that come in the order of the `count` things on the left; pairs with something
  /// that is not there are left out.
  private func edges(
    _ db: Database, _ sql: String, from count: Int, digest: (Int) -> Digest
  ) throws -> Edges {
    var edges = Edges(count: count)
    var place = 0
    try db.each(sql) { row in
      let from = try row.digest(0)
      while place < count, digest(place) < from { place += 1 }
      guard place < count, digest(place) == from, let to = object(try row.digest(1)) else {
        return
      }
      edges.add(from: place, to: to)
    }
    edges.close()
    return edges
  }

  // MARK: Places

  func object(_ digest: Digest) -> Int32? { objects.place(of: digest, by: \.digest) }
  func result(_ key: Digest) -> Int32? { results.place(of: key, by: \.key) }
}

/// For each of a number of things the objects that it leads to, all in two lists.
struct Edges {
  private var starts: [Int32] = []
  private var targets: [Int32] = []
  private var count = 0

  init() {}

  init(count: Int) {
    self.count = count
    starts.reserveCapacity(count + 1)
  }

  /// - Precondition: `from` never falls from one call to the next.
  mutating func add(from: Int, to target: Int32) {
    while starts.count <= from { starts.append(Int32(targets.count)) }
    targets.append(target)
  }

  mutating func close() {
    while starts.count <= count { starts.append(Int32(targets.count)) }
  }

  subscript(place: Int) -> ArraySlice<Int32> {
    guard place + 1 < starts.count else { return [] }
    return targets[Int(starts[place])..<Int(starts[place + 1])]
  }
}

extension Array {
  /// Where the digest stands, in a list that is in the order of its digests.
  ///
  /// Digests are spread evenly, so the first guess is close; where somebody has chosen them, every
  /// other guess halves what is left.
  func place(of digest: Digest, by path: (Element) -> Digest) -> Int32? {
    var (low, high) = (0, count)
    var guess = Int(Double(digest.high) / 0x1p64 * Double(count))
    var step = 8
    while low < high {
      guess = Swift.min(Swift.max(guess, low), high - 1)
      let found = path(self[guess])
      if found == digest { return Int32(guess) }
      if found < digest { low = guess + 1 } else { high = guess }
      // Away from the guess in growing steps, and then by halves.
      let next = found < digest ? guess + step : guess - step
      guess = (low..<high).contains(next) ? next : (low + high) / 2
      step = Swift.min(2 * step, count)
    }
    return nil
  }
}
