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
      let sorted = members.sorted { Self.isOrdered($0.key, $1.key) }
      write(sorted, between: ("{", "}")) { writer, member in
        writer.write(quoted: member.key, tag: "")
        writer.write(writer.style == .pretty ? ": " : ":")
        writer.write(member.value)
      }
    }
  }

  /// The order of the UTF-16 code units, found from the UTF-8 bytes that strings have at hand.
  ///
  /// The two differ in one place: code points beyond U+FFFF, whose bytes begin with 0xF0 and more, come
  /// before those from U+E000, which begin with 0xEE and 0xEF.
  static func isOrdered(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left.utf8.makeIterator(), right.utf8.makeIterator())
    while true {
      guard let theirs = right.next() else { return false }
      guard let ours = left.next() else { return true }
      if ours == theirs { continue }
      let isSwapped = min(ours, theirs) >= 0xEE && (ours >= 0xF0) != (theirs >= 0xF0)
      return (ours < theirs) != isSwapped
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

  private mutating func write(quoted text: String, tag: String) {
    write("\"")
    write(tag)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): write("\\\"")
      case UInt8(ascii: "\\"): write("\\\\")
      case 0x08: write("\\b")
      case 0x09: write("\\t")
      case 0x0a: write("\\n")
      case 0x0c: write("\\f")
      case 0x0d: write("\\r")
      case 0..<0x20: write((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
      default: bytes.append(byte)
      }
    }
    write("\"")
  }

  private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
