extension Value {
  /// This value as ordinary JSON for people and other programs; keys are sorted.
  ///
  /// JSON has no NaN and no infinities: they become `null`.
  public func json(pretty: Bool = false) -> String {
    var writer = Writer(style: pretty ? .pretty : .compact)
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads ordinary JSON. A number without point or exponent that fits 64 bits is an integer, any
  /// other a float. Keys must differ, also in the way Swift compares strings. Any bytes are safe to
  /// try.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    var reader = Reader(bytes: bytes, style: .json)
    self = try reader.document()
  }
}
