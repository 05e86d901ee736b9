/// Writes values as JSON, in one of three styles.
struct Writer {
  enum Style { case canonical, compact, pretty }

  let style: Style
  private(set) var bytes: [UInt8] = []
  private var depth = 0

  init(style: Style) { self.style = style }

  mutating func write(_ value: Value) {
    switch value {
    case .null: write("null")
    case .bool(let it): write(it ? "true" : "false")
    case .int(let it): write(scalar: it.description, tag: "i:")
    case .float(let it): write(it)
    case .string(let it): write(quoted: it, tag: style == .canonical ? "s:" : "")
    case .list(let items): write(items, between: ("[", "]")) { writer, item in writer.write(item) }
    case .map(let members):
      let sorted = members.sorted { Self.precedes($0.key, $1.key) }
      write(sorted, between: ("{", "}")) { writer, member in
        writer.write(quoted: member.key, tag: "")
        writer.write(writer.style == .pretty ? ": " : ":")
        writer.write(member.value)
      }
    }
  }

  private mutating func write(_ number: Double) {
    // A NaN's sign and payload mean nothing, and are not the same on every machine.
    let text = number.isNaN ? "nan" : number.description
    if style == .canonical || number.isFinite {
      write(scalar: text, tag: "f:")
    } else {
      write("null")
    }
  }

  private mutating func write(scalar text: String, tag: String) {
    if style == .canonical {
      write(quoted: text, tag: tag)
    } else {
      write(text)
    }
  }

  private mutating func write<Item>(
    _ items: [Item], between brackets: (String, String), each: (inout Writer, Item) -> Void
  ) {
    write(brackets.0)
    depth += 1
    for (index, item) in items.enumerated() {
      if index > 0 { write(",") }
      breakLine()
      each(&self, item)
    }
    depth -= 1
    if !items.isEmpty { breakLine() }
    write(brackets.1)
  }

  private mutating func breakLine() {
    guard style == .pretty else { return }
    write("\n")
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  /// The order of the UTF-16 code units. It is that of the UTF-8 bytes but for characters beyond the
  /// first 65,536, whose surrogates come before U+E000.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    for (first, second) in zip(left.utf8, right.utf8) where first != second {
      // U+E000 to U+FFFF begin with 0xee and 0xef, what is beyond them with 0xf0 and more.
      let (isBeyond, isOtherBeyond) = (first >= 0xf0, second >= 0xf0)
      return isBeyond != isOtherBeyond && min(first, second) >= 0xee ? isBeyond : first < second
    }
    return left.utf8.count < right.utf8.count
  }

  private mutating func write(quoted text: String, tag: String) {
    bytes.append(UInt8(ascii: "\""))
    write(tag)
    var text = text
    text.withUTF8 { write(escaping: $0) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whatever needs no escape is copied in one piece.
  private mutating func write(escaping text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for (place, byte) in text.enumerated()
    where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<place]))
      write(escaped: byte)
      start = place + 1
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
  }

  private mutating func write(escaped byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): write("\\\"")
    case UInt8(ascii: "\\"): write("\\\\")
    case 0x08: write("\\b")
    case 0x09: write("\\t")
    case 0x0a: write("\\n")
    case 0x0c: write("\\f")
    case 0x0d: write("\\r")
    default: write((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
    }
  }

  private mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }
}
