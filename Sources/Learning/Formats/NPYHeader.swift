/// The header of an .npy file: a Python dictionary of three keys, in any order and spacing.
struct NPYHeader {
  private let text: ArraySlice<UInt8>
  private let path: String
  private let base: Int
  private var next: Int

  /// `offset` is where `text` starts in the file.
  init(text: ArraySlice<UInt8>, path: String, offset: Int) {
    self.text = text
    self.path = path
    base = offset - text.startIndex
    next = text.startIndex
  }

  mutating func read() throws(FormatError) -> (
    type: NumericArray.ElementType, order: NumericArray.Values.ByteOrder, shape: [Int]
  ) {
    var element: (NumericArray.ElementType, NumericArray.Values.ByteOrder)?
    var shape: [Int]?
    var isFortran: Bool?
    try expect("{")
    while !accept("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where element == nil: element = try self.element()
      case "shape" where shape == nil: shape = try tuple()
      case "fortran_order" where isFortran == nil: isFortran = try flag()
      default: throw problem("unexpected key '\(key)'")
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    skipSpaces()
    guard next == text.endIndex else { throw problem("text after the closing brace") }
    guard let element, let shape, let isFortran else {
      throw problem("'descr', 'fortran_order' or 'shape' is missing")
    }
    guard !isFortran else {
      throw unsupported("Fortran order (numpy.ascontiguousarray gives C order)")
    }
    return (element.0, element.1, shape)
  }

  private mutating func element() throws(FormatError) -> (
    NumericArray.ElementType, NumericArray.Values.ByteOrder
  ) {
    skipSpaces()
    guard next < text.endIndex, text[next] != UInt8(ascii: "[") else {
      throw unsupported("an array of records")
    }
    let descriptor = try string()
    guard let types = Self.types[String(descriptor.dropFirst())],
      let mark = descriptor.first, "<>|=".contains(mark)
    else {
      throw unsupported("type '\(descriptor)' (f2, f4, f8, i4, i8, u1, u2, b1 can)")
    }
    return (types, mark == ">" ? .big : .little)
  }

  private static let types: [String: NumericArray.ElementType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i4": .int32, "i8": .int64, "u1": .uint8,
    "u2": .uint16,
    "b1": .bool,
  ]

  private mutating func tuple() throws(FormatError) -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while !accept(")") {
      sizes.append(try integer())
      guard sizes.count <= 64 else { throw problem("more than 64 dimensions") }
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }

  private mutating func integer() throws(FormatError) -> Int {
    skipSpaces()
    let digits = text[next...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw problem("a size of the shape is no number")
    }
    next = digits.endIndex
    // Python 2 wrote long integers as `3L`.
    if next < text.endIndex, text[next] == UInt8(ascii: "L") { next += 1 }
    return value
  }

  private mutating func flag() throws(FormatError) -> Bool {
    if accept("True") { return true }
    try expect("False")
    return false
  }

  private mutating func string() throws(FormatError) -> String {
    skipSpaces()
    guard next < text.endIndex, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(text[next]),
      let end = text[(next + 1)...].firstIndex(of: text[next])
    else { throw problem("a quoted word should stand here") }
    defer { next = end + 1 }
    return String(decoding: text[(next + 1)..<end], as: UTF8.self)
  }

  private mutating func expect(_ word: String) throws(FormatError) {
    guard accept(word) else { throw problem("'\(word)' should stand here") }
  }

  private mutating func accept(_ word: String) -> Bool {
    skipSpaces()
    guard text[next...].starts(with: word.utf8) else { return false }
    next += word.utf8.count
    return true
  }

  private mutating func skipSpaces() {
    while next < text.endIndex, [0x20, 0x09, 0x0a, 0x0d].contains(text[next]) { next += 1 }
  }

  private func problem(_ text: String) -> FormatError {
    .malformed(path: path, offset: base + next, problem: .header(text))
  }

  private func unsupported(_ what: String) -> FormatError {
    .malformed(path: path, offset: base + next, problem: .unsupported(what))
  }
}
