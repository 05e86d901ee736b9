import Documents

/// A tree as the object that stands for the folder: a canonical document, such as
/// `{"entries":[{"digest":"s:…","mode":"s:file","name":"s:a","sha256":"s:…","size":"i:3"}],"type":"s:tree"}`.
///
/// It is written and read here byte by byte: folders of many thousand files are common, and as values
/// of a document they would take a hundred times the memory.
extension Tree {
  private enum Part {
    static let start: StaticString = #"{"entries":["#
    static let digest: StaticString = #"{"digest":"s:"#
    static let file: StaticString = #"","mode":"s:file","name":"#
    static let folder: StaticString = #"","mode":"s:folder","name":"#
    static let sha256: StaticString = #","sha256":"s:"#
    static let size: StaticString = #"","size":"i:"#
    static let entryEnd: StaticString = "\"}"
    static let end: StaticString = #"],"type":"s:tree"}"#
  }

  // MARK: Writing

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.reduce(64) { $0 + 180 + $1.name.utf8.count })
    bytes.append(Part.start)
    for (index, entry) in entries.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(Part.digest)
      entry.content.digest.withBytes { bytes.append(hex: $0) }
      bytes.append(entry.content.kind == .tree ? Part.folder : Part.file)
      bytes += (.string(entry.name) as Value).canonicalBytes
      bytes.append(Part.sha256)
      entry.content.sha256.withBytes { bytes.append(hex: $0) }
      bytes.append(Part.size)
      bytes += String(entry.content.size).utf8
      bytes.append(Part.entryEnd)
    }
    bytes.append(Part.end)
    return bytes
  }

  // MARK: Reading

  /// - Throws: `StoreError.malformedDocument` for anything but what ``bytes`` writes.
  init(bytes: [UInt8]) throws(StoreError) {
    let entries = bytes.withUnsafeBufferPointer { Self.entries(in: $0) }
    guard let entries else { throw .malformedDocument("tree") }
    try self.init(ordered: entries)
  }

  private static func entries(in bytes: UnsafeBufferPointer<UInt8>) -> [Entry]? {
    var scanner = Scanner(bytes: bytes)
    var entries: [Entry] = []
    guard scanner.take(Part.start) else { return nil }
    if scanner.take(Part.end) { return scanner.isAtEnd ? [] : nil }
    entries.reserveCapacity(bytes.count / 180)
    while let entry = scanner.entry() {
      entries.append(entry)
      if scanner.take(",") { continue }
      return scanner.take(Part.end) && scanner.isAtEnd ? entries : nil
    }
    return nil
  }

  private struct Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0
    var isAtEnd: Bool { position == bytes.count }

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func take(_ text: StaticString) -> Bool {
      let count = text.utf8CodeUnitCount
      guard bytes.count - position >= count else { return false }
      for index in 0..<count where bytes[position + index] != text.utf8Start[index] {
        return false
      }
      position += count
      return true
    }

    mutating func entry() -> Entry? {
      guard take(Part.digest), let high = word(), let low = word() else { return nil }
      let kind: Content.Kind
      if take(Part.file) {
        kind = .file
      } else if take(Part.folder) {
        kind = .tree
      } else {
        return nil
      }
      guard let name = name(), take(Part.sha256), let a = word(), let b = word(), let c = word(),
        let d = word(), take(Part.size), let size = number(), take(Part.entryEnd)
      else { return nil }
      let content = Content(
        digest: Digest(high: high, low: low), sha256: SHA256(words: (a, b, c, d)), size: size,
        kind: kind)
      return Entry(name: name, content: content)
    }

    private mutating func word() -> UInt64? {
      defer { position += 16 }
      return Hexadecimal.word(bytes, at: position)
    }

    /// A whole number, without zeros before it.
    private mutating func number() -> Int? {
      let start = position
      var number = 0
      while position < bytes.count,
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
      {
        let (tenfold, isTooLarge) = number.multipliedReportingOverflow(by: 10)
        let (sum, overflows) = tenfold.addingReportingOverflow(
          Int(bytes[position] - UInt8(ascii: "0")))
        guard !isTooLarge, !overflows else { return nil }
        number = sum
        position += 1
      }
      guard position > start, position == start + 1 || bytes[start] != UInt8(ascii: "0") else {
        return nil
      }
      return number
    }

    /// A string, in the one way in which it is written.
    private mutating func name() -> String? {
      let start = position
      guard take("\"s:") else { return nil }
      var isPlain = true
      while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
        if bytes[position] < 0x20 { return nil }
        if bytes[position] == UInt8(ascii: "\\") {
          isPlain = false
          position += 1
        }
        position += 1
      }
      guard position < bytes.count else { return nil }
      position += 1
      let text = UnsafeBufferPointer(rebasing: bytes[start..<position])
      if isPlain { return String(validating: text.dropFirst(3).dropLast(), as: UTF8.self) }
      return (try? Value(canonical: Array(text)))?.string
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  fileprivate mutating func append(hex bytes: UnsafeRawBufferPointer) {
    let start = count
    append(contentsOf: repeatElement(0, count: 2 * bytes.count))
    withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { Hexadecimal.write(bytes, to: base + start) }
    }
  }
}
