public import Documents

/// The result of one stage: what came out under a key.
public struct Record: Hashable, Sendable {
  public let key: Digest
  /// The object with the canonical document that ``key`` is the digest of.
  public let preimage: Digest
  public let outputs: [String: Content]
  /// What the stage had to say besides its outputs.
  public let notes: Value

  public init(key: Digest, preimage: Digest, outputs: [String: Content], notes: Value = .map([:])) {
    self.key = key
    self.preimage = preimage
    self.outputs = outputs
    self.notes = notes
  }
}

extension Record {
  var document: Value {
    [
      "type": "result", "key": .string(key.description), "preimage": .string(preimage.description),
      "outputs": .map(outputs.mapValues(\.value)), "notes": notes,
    ]
  }

  init(document: Value) throws(StoreError) {
    guard document["type"]?.string == "result", let key = document["key"]?.string,
      let preimage = document["preimage"]?.string, let outputs = document["outputs"]?.map,
      let notes = document["notes"]
    else { throw .malformedDocument("result") }
    var contents: [String: Content] = [:]
    for (name, value) in outputs { contents[name] = try Content(value: value) }
    self.init(
      key: try Digest(parsing: key), preimage: try Digest(parsing: preimage), outputs: contents,
      notes: notes)
  }
}
