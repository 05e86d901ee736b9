import GRDB

/// Where an object came from and where it went: results, each once, nearest first.
public struct Lineage: Hashable, Sendable {
  /// An input of a result.
  public struct Input: Hashable, Sendable {
    public let digest: Digest
    /// The results that it came out of; none of a file from outside.
    public let makers: [Digest]
  }

  /// A result, and what it was computed from.
  public struct Step: Hashable, Sendable {
    public let result: ResultSummary
    public let inputs: [Input]
  }

  /// What led to the object: the results that made it, then those that made their inputs.
  public let up: [Step]
  /// The results that read it, then those that read theirs.
  public let down: [ResultSummary]
  /// The runs that name it as a file from outside.
  public let runs: [Digest]
}

extension Store {
  /// The lineage of an object; of a folder's entry also through the folder.
  ///
  /// Every result above and below is met once, however many ways lead to it.
  public func lineage(of digest: Digest) throws -> Lineage {
    try index.read { db in
      Lineage(
        up: try Self.steps(from: try db.makers(of: digest), db),
        down: try Self.readers(from: try db.readers(of: digest), db),
        runs: try db.users(of: digest).runs)
    }
  }

  /// The lineage of a result: itself and what is above it, and what is below it.
  public func lineage(ofResult key: Digest) throws -> Lineage {
    try index.read { db in
      Lineage(
        up: try Self.steps(from: [key], db),
        down: try Self.readers(from: try db.readers(ofResult: key), db), runs: [])
    }
  }

  /// The results that were computed from the object, from a folder that it is in or from something
  /// in it, and no further.
  public func readers(of digest: Digest) throws -> [ResultSummary] {
    try index.read { db in try db.readers(of: digest).compactMap { try db.summary($0) } }
  }

  /// The results that were computed from outputs of this one, and no further.
  public func readers(ofResult key: Digest) throws -> [ResultSummary] {
    try index.read { db in try db.readers(ofResult: key).compactMap { try db.summary($0) } }
  }

  /// The results that the object came out of, itself or in a folder.
  public func makers(of digest: Digest) throws -> [ResultSummary] {
    try index.read { db in try db.makers(of: digest).compactMap { try db.summary($0) } }
  }

  /// The runs that are made of the result.
  public func runs(ofResult key: Digest) throws -> [Digest] {
    try index.read { try $0.runs(ofResult: key) }
  }

  /// The runs whose snapshot names the object, itself or in a folder, as a file from outside.
  public func runs(naming digest: Digest) throws -> [Digest] {
    try index.read { try $0.users(of: digest).runs }
  }

  private static func steps(from first: [Digest], _ db: Database) throws -> [Lineage.Step] {
    var steps: [Lineage.Step] = []
    try eachOnce(from: first) { key in
      guard let result = try db.summary(key) else { return [] }
      let inputs = try db.inputs(ofResult: key).map {
        Lineage.Input(digest: $0, makers: try db.makers(of: $0))
      }
      steps.append(Lineage.Step(result: result, inputs: inputs))
      return inputs.flatMap(\.makers)
    }
    return steps
  }

  private static func readers(from first: [Digest], _ db: Database) throws -> [ResultSummary] {
    var readers: [ResultSummary] = []
    try eachOnce(from: first) { key in
      readers += try db.summary(key).map { [$0] } ?? []
      return try db.readers(ofResult: key)
    }
    return readers
  }

  /// Calls `next` with each key once, the nearest first; it returns the keys beyond.
  private static func eachOnce(
    from first: [Digest], _ next: (Digest) throws -> [Digest]
  ) throws {
    var queue = first
    var seen = Set(first)
    var place = 0
    while place < queue.count {
      queue += try next(queue[place]).filter { seen.insert($0).inserted }
      place += 1
    }
  }
}
