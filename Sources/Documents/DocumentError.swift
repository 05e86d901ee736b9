public import FoundationEssentials

/// Why bytes are no document. Offsets count bytes from 0.
public enum DocumentError: Error, Hashable {
  case endsEarly
  case unexpectedByte(UInt8, at: Int)
  case invalidUTF8(at: Int)
  case invalidEscape(at: Int)
  case duplicateKey(String, at: Int)
  case numberOutOfRange(String, at: Int)
  case tooDeep(at: Int)
  /// A string without one of the tags `i:`, `f:`, `s:`, or a bare number.
  case untypedScalar(at: Int)
  /// It says something, but not in the one form in which a document is written.
  case notCanonical
}

extension DocumentError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .endsEarly: "the document ends early"
    case .unexpectedByte(let byte, let offset):
      "unexpected \(Self.name(of: byte)) at byte \(offset)"
    case .invalidUTF8(let offset): "invalid UTF-8 at byte \(offset)"
    case .invalidEscape(let offset): "invalid escape in a string at byte \(offset)"
    case .duplicateKey(let key, let offset):
      "key '\(key.prefix(100))' for the second time at byte \(offset)"
    case .numberOutOfRange(let text, let offset):
      "number \(text.prefix(40)) at byte \(offset) is out of range"
    case .tooDeep(let offset): "nested deeper than \(Value.greatestDepth) at byte \(offset)"
    case .untypedScalar(let offset): "scalar without a type at byte \(offset)"
    case .notCanonical: "the document is not in canonical form"
    }
  }

  private static func name(of byte: UInt8) -> String {
    (0x21...0x7e).contains(byte)
      ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
  }
}
