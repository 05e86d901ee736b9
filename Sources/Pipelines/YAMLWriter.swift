import Documents

/// Writes values as YAML that reads back as the same values, for people: blocks, short lists in one line.
struct YAMLWriter {
  private(set) var text = ""

  /// The members in the order given, each on a line of its own below `indent` spaces.
  mutating func write(members: [(key: String, value: Value)], indent: Int = 0) {
    for (key, value) in members {
      text += "\(String(repeating: " ", count: indent))\(Self.scalar(key)):"
      write(member: value, indent: indent + 2)
    }
  }

  mutating func writeLine(_ line: String) { text += "\(line)\n" }

  private mutating func write(member value: Value, indent: Int) {
    switch value {
    case .map(let members) where !members.isEmpty:
      text += "\n"
      write(members: Self.sorted(members), indent: indent)
    case .list(let items) where !items.allSatisfy(Self.isScalar):
      text += "\n"
      for item in items { text += "\(String(repeating: " ", count: indent))- \(Self.flow(item))\n" }
    default: text += " \(Self.flow(value))\n"
    }
  }

  static func sorted(_ members: [String: Value]) -> [(key: String, value: Value)] {
    members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { (key: $0.key, value: $0.value) }
  }

  private static func isScalar(_ value: Value) -> Bool {
    switch value {
    case .list, .map: false
    default: true
    }
  }

  /// In one line.
  private static func flow(_ value: Value) -> String {
    switch value {
    case .string(let text): return scalar(text)
    case .list(let items): return "[\(items.map(flow).joined(separator: ", "))]"
    case .map(let members):
      if members.isEmpty { return "{}" }
      return
        "{ \(sorted(members).map { "\(scalar($0.key)): \(flow($0.value))" }.joined(separator: ", ")) }"
    case .float(let number) where number.description.contains("e"):
      // A reader of YAML 1.1 wants a point in it.
      let text = number.description
      return text.contains(".") ? text : text.replacing("e", with: ".0e")
    case .null, .bool, .int, .float: return value.json()
    }
  }

  /// Plain where nobody could take it for anything but this text, else quoted as in JSON, which is YAML.
  static func scalar(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map { isLetter($0) } ?? false
      && text.utf8.allSatisfy { isLetter($0) || "0123456789_-./".utf8.contains($0) }
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
    return isPlain && !words.contains(text.lowercased()) ? text : quoted(text)
  }

  /// JSON leaves alone some characters that YAML does not take as they are.
  private static func quoted(_ text: String) -> String {
    Value.string(text).json().unicodeScalars.map { scalar in
      switch scalar.value {
      case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: return String(scalar)
      }
    }.joined()
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }
}
