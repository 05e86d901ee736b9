extension Value {
  /// How deep lists and maps may be nested in a document that is read.
  public static let greatestDepth = 100

  /// The one form in which this value is hashed and stored: JSON without white space, keys in the
  /// order of their UTF-16 code units and strings escaped as RFC 8785 says.
  ///
  /// Scalars carry their type, so that different values never share their bytes: an integer is
  /// `"i:20"`, a float `"f:0.01"` (the shortest digits that read back as the same number), a string
  /// `"s:lenet"`; null and truth values are JSON's own. RFC 8785 would write numbers as doubles,
  /// where 2^53 and 2^53 + 1 are alike.
  public var canonicalBytes: [UInt8] {
    var writer = Writer(style: .canonical)
    writer.write(self)
    return writer.bytes
  }

  /// The canonical bytes of a map whose members' canonical bytes are known. No key may come twice.
  public static func canonicalMap(_ members: [(key: String, bytes: [UInt8])]) -> [UInt8] {
    var writer = Writer(style: .canonical)
    writer.write(members: members.map { ($0.key, $0.bytes) }) { $0.write(written: $1) }
    return writer.bytes
  }

  /// Reads a document back from exactly the bytes that ``canonicalBytes`` writes; nothing else is
  /// taken, however near. Any bytes are safe to try.
  public init(canonical bytes: [UInt8]) throws(DocumentError) {
    var reader = Reader(bytes: bytes, style: .canonical)
    self = try reader.document()
    guard canonicalBytes == bytes else { throw .notCanonical }
  }

  /// Reads a document back from bytes that ``canonicalBytes`` is known to have written, because their
  /// digest is recorded: that costs a third of comparing them. Any bytes are safe to try.
  public init(recorded bytes: [UInt8]) throws(DocumentError) {
    var reader = Reader(bytes: bytes, style: .canonical)
    self = try reader.document()
  }
}
