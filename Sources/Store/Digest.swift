import CXXHash

/// The name of an object: the XXH3-128 of its bytes, written as 32 lower-case hex digits.
///
/// It finds damage and proves nothing about origin: a twin of any bytes can be computed. Where
/// somebody else may choose bytes, ``SHA256`` decides.
public struct Digest: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public init(hashing bytes: UnsafeRawBufferPointer) {
    self.init(cxx_xxh3_128(bytes.baseAddress, bytes.count))
  }

  public init(hashing bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { Digest(hashing: $0) }
  }

  /// The digest of a plain file's bytes.
  public init(ofFileAt path: String) throws(StoreError) {
    self = try OpenFile.reading(path).digest()
  }

  init(_ digest: cxx_digest128) { self.init(high: digest.high, low: digest.low) }
}

extension Digest: CustomStringConvertible {
  public var description: String { withBytes { Hexadecimal.text($0) } }

  /// Reads the 32-digit form, and nothing shorter: a prefix is never taken for a name.
  public init(parsing text: String) throws(StoreError) {
    var copy = text
    let digest = copy.withUTF8 { digits -> Digest? in
      guard digits.count == 32, let high = Hexadecimal.word(digits, at: 0),
        let low = Hexadecimal.word(digits, at: 16)
      else { return nil }
      return Digest(high: high, low: low)
    }
    guard let digest else { throw .malformedDigest(text) }
    self = digest
  }
}

extension Digest: Comparable {
  /// The order of the written forms.
  public static func < (left: Digest, right: Digest) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension Digest {
  /// The one that names the folder in which the object lies.
  var firstByte: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }

  /// The 16 bytes in the order in which they are written.
  func withBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }
}

extension Digest {
  /// The digests whose written form begins with the text; `nil` if none can.
  static func range(ofPrefix text: String) -> ClosedRange<Digest>? {
    let digits = Array(text.utf8.prefix(33))
    guard (1...32).contains(digits.count), digits.allSatisfy({ Hexadecimal.value($0) != nil })
    else { return nil }
    func filled(with digit: Character) -> Digest? {
      try? Digest(parsing: text + String(repeating: digit, count: 32 - digits.count))
    }
    guard let first = filled(with: "0"), let last = filled(with: "f") else { return nil }
    return first...last
  }
}
