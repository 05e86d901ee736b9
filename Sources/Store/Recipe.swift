import Documents

/// What the store reads in a preimage: the kind of computation, and the digests it was computed from.
///
/// Of any other object it reads nothing.
struct Recipe: Hashable, Sendable {
  var kind = ""
  var inputs: Set<Digest> = []

  init() {}

  init(preimage bytes: [UInt8]) {
    guard let document = try? Value(canonical: bytes), document["type"]?.string == "stage" else {
      return
    }
    kind = document["kind"]?.string ?? ""
    for input in (document["inputs"]?.map ?? [:]).values {
      if let digest = input["xxh3"]?.string.flatMap({ try? Digest(parsing: $0) }) {
        inputs.insert(digest)
      }
    }
  }
}
