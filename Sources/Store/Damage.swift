/// Something in the store that is not what it should be.
public struct Damage: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case missing
    case size(expected: Int, found: Int)
    case bytes(found: Digest)
    /// The XXH3-128 is right and the SHA-256 is not: this was done on purpose.
    case twin(found: SHA256)
    /// A link, a folder or the like in an object's place.
    case notAFile(FileKind)
    /// The bytes are right, but are not the document that belongs there.
    case notADocument
    /// A file that no object and no record is named like.
    case unknownFile
  }

  public let kind: Kind
  /// The object or record that should be there; `nil` for an unknown file.
  public let digest: Digest?
  public let path: String
  /// Whose results need it: labels, or keys where there are none.
  public let users: [String]
  /// The keys of the results that need it.
  public let keys: [Digest]
}

extension Damage.Kind: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing: "missing"
    case .size(let expected, let found): "\(found) bytes long instead of \(expected)"
    case .bytes(let found): "its bytes have the digest \(found)"
    case .twin(let found): "its bytes have the SHA-256 \(found)"
    case .notAFile(let kind): "\(kind) is in its place"
    case .notADocument: "not the document that belongs there"
    case .unknownFile: "a file that does not belong there"
    }
  }
}
