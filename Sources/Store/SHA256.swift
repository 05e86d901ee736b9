/// The SHA-256 of some bytes, written as 64 lower-case hex digits: what equality means where
/// somebody else may choose the bytes.
public struct SHA256: Hashable, Sendable {
  /// Always 32 bytes.
  let bytes: [UInt8]

  public init(hashing bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { SHA256(hashing: $0) }
  }

  public init(hashing bytes: UnsafeRawBufferPointer) {
    var hasher = ContentHasher()
    hasher.update(bytes)
    self = hasher.finish().sha256
  }

  /// - Precondition: 32 bytes.
  init(bytes: [UInt8]) {
    precondition(bytes.count == 32)
    self.bytes = bytes
  }
}

extension SHA256: CustomStringConvertible {
  public var description: String { Hexadecimal.text(bytes) }

  public init(parsing text: String) throws(StoreError) {
    guard let bytes = Hexadecimal.bytes(text, count: 32) else { throw .malformedDigest(text) }
    self.init(bytes: bytes)
  }
}
