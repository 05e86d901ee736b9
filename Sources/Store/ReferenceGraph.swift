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
  private var documents: [Digest] = []
  private var objectPlaces = DigestPlaces(count: 0) { _ in Digest(high: 0, low: 0) }
  private var resultPlaces = DigestPlaces(count: 0) { _ in Digest(high: 0, low: 0) }
  private var documentPlaces = DigestPlaces(count: 0) { _ in Digest(high: 0, low: 0) }

  init(_ db: Database) throws {
    try readObjects(db)
    objectPlaces = DigestPlaces(count: objects.count) { objects[$0].digest }
    try readResults(db)
    resultPlaces = DigestPlaces(count: results.count) { results[$0].key }
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
    documentPlaces = DigestPlaces(count: documents.count) { documents[$0] }
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

  func object(_ digest: Digest) -> Int32? {
    objectPlaces.place(of: digest) { objects[$0].digest }
  }

  func result(_ key: Digest) -> Int32? { resultPlaces.place(of: key) { results[$0].key } }

  func isDocument(_ digest: Digest) -> Bool {
    documentPlaces.place(of: digest) { documents[$0] } != nil
  }
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

/// Finds digests in a list that is in their order: a table says where those of each beginning stand.
struct DigestPlaces {
  private let starts: [Int32]
  /// How many bits of a digest are not part of its beginning.
  private let rest: UInt64

  /// About as many beginnings as digests, so that few share one.
  init(count: Int, _ digest: (Int) -> Digest) {
    let bits = UInt64(max(1, Int.bitWidth - count.leadingZeroBitCount))
    rest = 64 - bits
    var starts: [Int32] = []
    starts.reserveCapacity(1 << bits + 1)
    for place in 0..<count {
      let beginning = Int(digest(place).high >> rest)
      while starts.count <= beginning { starts.append(Int32(place)) }
    }
    while starts.count <= 1 << bits { starts.append(Int32(count)) }
    self.starts = starts
  }

  /// Where the digest stands; `at` says which one stands at a place.
  func place(of digest: Digest, at: (Int) -> Digest) -> Int32? {
    let beginning = Int(digest.high >> rest)
    var (low, high) = (Int(starts[beginning]), Int(starts[beginning + 1]))
    while low < high {
      let middle = (low + high) / 2
      if at(middle) < digest { low = middle + 1 } else { high = middle }
    }
    return low < starts[beginning + 1] && at(low) == digest ? Int32(low) : nil
  }
}
