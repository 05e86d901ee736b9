/// Reads JSON strictly, in bounded depth, without trusting a byte.
struct Reader {
  enum Style {
    case json
    /// Scalars carry their type; bare numbers are refused.
    case canonical
  }

  let bytes: [UInt8]
  let style: Style
  private var position = 0
  private var depth = 0

  init(bytes: [UInt8], style: Style) {
    self.bytes = bytes
    self.style = style
  }

  /// The one value that all the bytes are.
  mutating func document() throws(DocumentError) -> Value {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw unexpected() }
    return value
  }

  private mutating func value() throws(DocumentError) -> Value {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .map(try members())
    case UInt8(ascii: "["): return .list(try items())
    case UInt8(ascii: "\""): return try scalar()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  // MARK: Lists and maps

  private mutating func items() throws(DocumentError) -> [Value] {
    var items: [Value] = []
    try enter()
    while try !isDone(atEnd: UInt8(ascii: "]"), isFirst: items.isEmpty) {
      items.append(try value())
    }
    return items
  }

  private mutating func members() throws(DocumentError) -> [String: Value] {
    var members: [String: Value] = [:]
    try enter()
    while try !isDone(atEnd: UInt8(ascii: "}"), isFirst: members.isEmpty) {
      skipSpace()
      let start = position
      let key = try string()
      skipSpace()
      try take(UInt8(ascii: ":"))
      guard members.updateValue(try value(), forKey: key) == nil else {
        throw .duplicateKey(key, at: start)
      }
    }
    return members
  }

  private mutating func enter() throws(DocumentError) {
    depth += 1
    guard depth <= Value.greatestDepth else { throw .tooDeep(at: position) }
    position += 1
  }

  /// Whether the list or map ends here; takes its end, or the comma before its next member.
  private mutating func isDone(atEnd end: UInt8, isFirst: Bool) throws(DocumentError) -> Bool {
    skipSpace()
    if next == end {
      position += 1
      depth -= 1
      return true
    }
    if !isFirst { try take(UInt8(ascii: ",")) }
    return false
  }

  // MARK: Scalars

  private mutating func word(_ word: String, _ value: Value) throws(DocumentError) -> Value {
    for byte in word.utf8 { try take(byte) }
    return value
  }

  private mutating func scalar() throws(DocumentError) -> Value {
    let start = position
    let text = try string()
    guard style == .canonical else { return .string(text) }
    let bytes = text.utf8
    guard bytes.count >= 2, bytes.dropFirst().first == UInt8(ascii: ":") else {
      throw .untypedScalar(at: start)
    }
    let rest = String(text[text.utf8.index(text.startIndex, offsetBy: 2)...])
    switch bytes.first {
    case UInt8(ascii: "s"): return .string(rest)
    case UInt8(ascii: "i"):
      guard let number = Int64(rest) else { throw .numberOutOfRange(rest, at: start) }
      return .int(number)
    case UInt8(ascii: "f"):
      guard let number = Double(rest) else { throw .numberOutOfRange(rest, at: start) }
      return .float(number)
    default: throw .untypedScalar(at: start)
    }
  }

  private mutating func number() throws(DocumentError) -> Value {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let isZero = next == UInt8(ascii: "0")
    let digits = try takeDigits()
    guard !isZero || digits == 1 else {
      throw .unexpectedByte(bytes[position - 1], at: position - 1)
    }
    var isInteger = true
    if next == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      _ = try takeDigits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      _ = try takeDigits()
    }
    guard style == .json else { throw .untypedScalar(at: start) }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let number = Int64(text) { return .int(number) }
    guard let number = Double(text), number.isFinite else {
      throw .numberOutOfRange(text, at: start)
    }
    return .float(number)
  }

  private mutating func takeDigits() throws(DocumentError) -> Int {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw unexpected() }
    return position - start
  }

  // MARK: Strings

  private mutating func string() throws(DocumentError) -> String {
    let start = position
    try take(UInt8(ascii: "\""))
    if let text = takePlainString() { return text }
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw unexpected() }
      position += 1
      if byte == UInt8(ascii: "\\") {
        try takeEscape(into: &text)
      } else {
        text.append(byte)
      }
    }
    try take(UInt8(ascii: "\""))
    guard let string = String(validating: text, as: UTF8.self) else {
      throw .invalidUTF8(at: start)
    }
    return string
  }

  /// The rest of a string of ASCII without escapes, as nearly all are; `nil`, and nothing is taken, if
  /// it is another.
  private mutating func takePlainString() -> String? {
    var end = position
    while end < bytes.count, (0x20..<0x80).contains(bytes[end]), bytes[end] != UInt8(ascii: "\\") {
      guard bytes[end] == UInt8(ascii: "\"") else {
        end += 1
        continue
      }
      defer { position = end + 1 }
      return String(decoding: bytes[position..<end], as: UTF8.self)
    }
    return nil
  }

  private mutating func takeEscape(into text: inout [UInt8]) throws(DocumentError) {
    let start = position - 1
    guard let letter = next else { throw .endsEarly }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try escapedScalar(from: start)).utf8)
    default: throw .invalidEscape(at: start)
    }
  }

  /// The scalar that one `\u` escape stands for, or two that are a surrogate pair.
  private mutating func escapedScalar(from start: Int) throws(DocumentError) -> Unicode.Scalar {
    let first = UInt32(try codeUnit(from: start))
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xdc00, next == UInt8(ascii: "\\") else { throw .invalidEscape(at: start) }
    position += 1
    guard next == UInt8(ascii: "u") else { throw .invalidEscape(at: start) }
    position += 1
    let second = UInt32(try codeUnit(from: start))
    guard (0xdc00...0xdfff).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    else { throw .invalidEscape(at: start) }
    return scalar
  }

  private mutating func codeUnit(from start: Int) throws(DocumentError) -> UInt16 {
    guard bytes.count - position >= 4 else { throw .endsEarly }
    var unit: UInt16 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw .invalidEscape(at: start)
      }
      unit = unit << 4 | UInt16(digit)
    }
    position += 4
    return unit
  }

  // MARK: Bytes

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  private mutating func take(_ byte: UInt8) throws(DocumentError) {
    guard next == byte else { throw unexpected() }
    position += 1
  }

  private func unexpected() -> DocumentError {
    next.map { .unexpectedByte($0, at: position) } ?? .endsEarly
  }
}
