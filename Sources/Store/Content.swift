public import Documents

/// What some bytes are: both digests and the size, and whether they are a file or stand for a folder.
public struct Content: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case file
    /// A folder: the object is the ``Tree`` that lists it.
    case tree
  }

  public let digest: Digest
  public let sha256: SHA256
  /// In bytes; of a folder, the size of its list.
  public let size: Int
  public let kind: Kind

  public init(digest: Digest, sha256: SHA256, size: Int, kind: Kind) {
    self.digest = digest
    self.sha256 = sha256
    self.size = size
    self.kind = kind
  }

  /// The content that these bytes are.
  public init(hashing bytes: [UInt8], kind: Kind = .file) {
    self = bytes.withUnsafeBytes { Content(hashing: $0, kind: kind) }
  }

  init(hashing bytes: UnsafeRawBufferPointer, kind: Kind = .file) {
    var hasher = ContentHasher()
    hasher.update(bytes)
    self = hasher.finish().of(kind: kind)
  }

  func of(kind: Kind) -> Content {
    Content(digest: digest, sha256: sha256, size: size, kind: kind)
  }

  /// Whether the bytes are the same; what they are taken for may differ.
  func hasSameBytes(as other: Content) -> Bool {
    digest == other.digest && sha256 == other.sha256 && size == other.size
  }
}

extension Content {
  /// The form in which documents name a content. A map of exactly this form refers to an object
  /// wherever it stands in a document, and keeps it from collection: see ``referred(in:)``.
  public var value: Value {
    [
      "digest": .string(digest.description), "sha256": .string(sha256.description),
      "size": .int(Int64(size)), "kind": .string(kind.rawValue),
    ]
  }

  public init(value: Value) throws(StoreError) {
    guard let members = value.map, members.count == 4, let digest = members["digest"]?.string,
      let sha256 = members["sha256"]?.string, let size = members["size"]?.int, size >= 0,
      let kind = members["kind"]?.string.flatMap(Kind.init)
    else { throw .malformedDocument("content") }
    self.init(
      digest: try Digest(parsing: digest), sha256: try SHA256(parsing: sha256), size: Int(size),
      kind: kind)
  }

  /// Every content that the document names, at any depth, in no order.
  public static func referred(in value: Value) -> Set<Content> {
    if let content = try? Content(value: value) { return [content] }
    switch value {
    case .list(let items): return items.reduce(into: []) { $0.formUnion(referred(in: $1)) }
    case .map(let members):
      return members.values.reduce(into: []) { $0.formUnion(referred(in: $1)) }
    default: return []
    }
  }
}
