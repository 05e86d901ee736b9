/// The SHA-256 of some bytes, written as 64 lower-case hex digits: what equality means where
/// somebody else may choose the bytes.
public struct SHA256: Hashable, Sendable {
  // Words, not an array: lists of many thousand contents are held in memory.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  public init(hashing bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { SHA256(hashing: $0) }
  }

  public init(hashing bytes: UnsafeRawBufferPointer) {
    var hasher = SHA256Hasher()
    hasher.update(bytes)
    self = hasher.finish()
  }

  /// - Precondition: 32 bytes.
  init(bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { SHA256(copying: $0) }
  }

  /// - Precondition: 32 bytes.
  init(copying bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == 32)
    func word(_ index: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }
    words = (word(0), word(1), word(2), word(3))
  }

  init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

  /// The 32 bytes.
  var bytes: [UInt8] { withBytes { Array($0) } }

  func withBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    try withUnsafeBytes(
      of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian), body)
  }

  public static func == (left: SHA256, right: SHA256) -> Bool { left.words == right.words }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }
}

extension SHA256: CustomStringConvertible {
  public var description: String { withBytes { Hexadecimal.text($0) } }

  public init(parsing text: String) throws(StoreError) {
    var copy = text
    let sha256 = copy.withUTF8 { digits -> SHA256? in
      guard digits.count == 64, let a = Hexadecimal.word(digits, at: 0),
        let b = Hexadecimal.word(digits, at: 16), let c = Hexadecimal.word(digits, at: 32),
        let d = Hexadecimal.word(digits, at: 48)
      else { return nil }
      return SHA256(words: (a, b, c, d))
    }
    guard let sha256 else { throw .malformedDigest(text) }
    self = sha256
  }
}
