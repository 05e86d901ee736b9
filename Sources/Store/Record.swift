public import Documents

/// The result of one stage: what came out under a key.
public struct Record: Hashable, Sendable {
  public let key: Digest
  /// The object with the canonical document that ``key`` is the digest of.
  public let preimage: Digest
  public let outputs: [String: Content]
  /// What the stage had to say besides its outputs.
  public let notes: Value
  /// When it was computed, in seconds since 1970; 0 if that is not known.
  public let madeAt: Double
  /// How long that took; 0 if that is not known.
  public let seconds: Double
  /// The stage that made it first, as `pipeline/stage`; empty if that is not known.
  public let stage: String
  /// Why it may stand for a result that came out differently, each time that was decided.
  public let acceptances: [Acceptance]
  /// Whether its outputs were given up for their space: the digests are known, and the preimage to
  /// make them from is stored.
  public let isEvicted: Bool

  public init(
    key: Digest, preimage: Digest, outputs: [String: Content], notes: Value = .map([:]),
    madeAt: Double = 0, seconds: Double = 0, stage: String = "", acceptances: [Acceptance] = [],
    isEvicted: Bool = false
  ) {
    self.key = key
    self.preimage = preimage
    self.outputs = outputs
    self.notes = notes
    self.madeAt = madeAt
    self.seconds = seconds
    self.stage = stage
    self.acceptances = acceptances
    self.isEvicted = isEvicted
  }

  /// The same result without its bytes: what is left of it when it is evicted.
  var evicted: Record { with(isEvicted: true) }

  /// The same result where its bytes are there, whether they had been given up or not.
  public var restored: Record { with(isEvicted: false) }

  private func with(isEvicted: Bool) -> Record {
    Record(
      key: key, preimage: preimage, outputs: outputs, notes: notes, madeAt: madeAt,
      seconds: seconds, stage: stage, acceptances: acceptances, isEvicted: isEvicted)
  }
}

/// A result was taken over from another key, because somebody said that it may be.
public struct Acceptance: Hashable, Sendable {
  /// What was said.
  public let because: String
  /// The key whose result was kept.
  public let from: Digest
  /// When, in seconds since 1970.
  public let at: Double

  public init(because: String, from: Digest, at: Double) {
    self.because = because
    self.from = from
    self.at = at
  }
}

extension Record {
  var document: Value {
    // Two forms of an output: only the map keeps the object from collection.
    let outputs = outputs.mapValues { isEvicted ? $0.list : $0.value }
    return [
      "type": "result", "key": .string(key.description), "preimage": .string(preimage.description),
      "outputs": .map(outputs), "notes": notes, "made-at": .float(madeAt),
      "seconds": .float(seconds), "stage": .string(stage),
      "acceptances": .list(acceptances.map(\.value)), "evicted": .bool(isEvicted),
    ]
  }

  /// What a document of an older version does not say takes the value that stands for unknown.
  init(document: Value) throws(StoreError) {
    guard document["type"]?.string == "result", let key = document["key"]?.string,
      let preimage = document["preimage"]?.string, let outputs = document["outputs"]?.map,
      let notes = document["notes"]
    else { throw .malformedDocument("result") }
    let isEvicted = document["evicted"]?.bool ?? false
    var contents: [String: Content] = [:]
    for (name, value) in outputs {
      contents[name] = try isEvicted ? Content(list: value) : Content(value: value)
    }
    var acceptances: [Acceptance] = []
    for value in document["acceptances"]?.list ?? [] {
      acceptances.append(try Acceptance(value: value))
    }
    self.init(
      key: try Digest(parsing: key), preimage: try Digest(parsing: preimage), outputs: contents,
      notes: notes, madeAt: Self.time(document["made-at"]), seconds: Self.time(document["seconds"]),
      stage: document["stage"]?.string ?? "", acceptances: acceptances, isEvicted: isEvicted)
  }

  /// A number of seconds that can be reckoned with.
  private static func time(_ value: Value?) -> Double {
    guard let seconds = value?.float, seconds.isFinite, seconds >= 0 else { return 0 }
    return seconds
  }
}

extension Acceptance {
  fileprivate var value: Value {
    ["because": .string(because), "from": .string(from.description), "at": .float(at)]
  }

  fileprivate init(value: Value) throws(StoreError) {
    guard let because = value["because"]?.string, let from = value["from"]?.string,
      let at = value["at"]?.float
    else { throw .malformedDocument("result") }
    self.init(because: because, from: try Digest(parsing: from), at: at)
  }
}

extension Content {
  /// The form of ``value`` that says the same and keeps nothing from collection.
  fileprivate var list: Value {
    [
      .string(digest.description), .string(sha256.description), .int(Int64(size)),
      .string(kind.rawValue),
    ]
  }

  fileprivate init(list: Value) throws(StoreError) {
    guard let items = list.list, items.count == 4 else { throw .malformedDocument("content") }
    try self.init(value: [
      "digest": items[0], "sha256": items[1], "size": items[2], "kind": items[3],
    ])
  }
}
