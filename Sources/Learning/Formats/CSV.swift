import FoundationEssentials

/// Tables as text, one row a line (RFC 4180: fields may be quoted, and then hold anything).
public enum CSV {
  /// The rows of a file, plain or gzipped, as text. Empty lines are left out.
  public static func rows(
    contentsOf path: String, separator: Character = ","
  ) throws(FormatError) -> [[String]] {
    try rows(
      Gzip.inflatedIfNeeded(readFile(at: path), path: path), path: path, separator: separator)
  }

  /// The rows of a file that messages call `path`; `separator` is ASCII.
  public static func rows(
    _ bytes: [UInt8], path: String, separator: Character = ","
  ) throws(FormatError) -> [[String]] {
    var scanner = try CSVScanner(bytes, path: path, separator: separator)
    var rows: [[String]] = []
    while let row = try scanner.row() { rows.append(row.fields) }
    return rows
  }

  /// A table of finite numbers in which every row has as many as the first: `[rows, columns]`, float64.
  ///
  /// With `header` the first row is names, and skipped.
  public static func numbers(
    _ bytes: [UInt8], path: String, separator: Character = ",", header: Bool = false
  ) throws(FormatError) -> NumericArray {
    var scanner = try CSVScanner(bytes, path: path, separator: separator)
    if header { _ = try scanner.row() }
    var values: [Double] = []
    var (rows, columns) = (0, 0)
    while let row = try scanner.row() {
      func problem(_ text: String) -> FormatError {
        .malformed(path: path, offset: row.offset, problem: .line(row.line, text))
      }
      if rows == 0 { columns = row.fields.count }
      guard row.fields.count == columns else {
        throw problem("\(row.fields.count) fields, the first row has \(columns)")
      }
      for (column, field) in row.fields.enumerated() {
        guard let value = number(field) else {
          throw problem("field \(column + 1): '\(field.prefix(40))' is no number")
        }
        values.append(value)
      }
      rows += 1
    }
    return .doubles(values, shape: [rows, columns])
  }

  /// A decimal number; `Double.init` alone would take "nan" and "0x1p3" as well.
  private static func number(_ field: String) -> Double? {
    let text = field.trimmingPrefix { $0 == " " }
    let isDecimal = text.utf8.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-.eE ".utf8.contains($0)
    }
    guard isDecimal, let end = text.lastIndex(where: { $0 != " " }),
      let value = Double(text[...end]),
      value.isFinite
    else { return nil }
    return value
  }
}

private struct CSVScanner {
  private let bytes: [UInt8]
  private let path: String
  private let separator: UInt8
  private var next = 0
  private var line = 1

  init(_ bytes: [UInt8], path: String, separator: Character) throws(FormatError) {
    guard let ascii = separator.asciiValue, separator != "\"", !separator.isNewline else {
      fatalError("csv: separator '\(separator)'")
    }
    self.bytes = bytes
    self.path = path
    self.separator = ascii
    // Excel's mark of UTF-8.
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { next = 3 }
  }

  /// The next row that is not empty, with where it starts.
  mutating func row() throws(FormatError) -> (fields: [String], line: Int, offset: Int)? {
    while skipLineEnd() {}
    guard next < bytes.count else { return nil }
    let start = (line: line, offset: next)
    var fields = [try field()]
    while next < bytes.count, bytes[next] == separator {
      next += 1
      fields.append(try field())
    }
    guard next == bytes.count || skipLineEnd() else { throw problem("text after a closing quote") }
    return (fields, start.line, start.offset)
  }

  private mutating func field() throws(FormatError) -> String {
    guard next < bytes.count, bytes[next] == quote else {
      let start = next
      while next < bytes.count, bytes[next] != separator, !isLineEnd(bytes[next]) { next += 1 }
      return try text(Array(bytes[start..<next]))
    }
    let (opened, openedLine) = (next, line)
    var content: [UInt8] = []
    next += 1
    while next < bytes.count {
      if bytes[next] == quote {
        next += 1
        guard next < bytes.count, bytes[next] == quote else { return try text(content) }
      }
      if bytes[next] == UInt8(ascii: "\n") { line += 1 }
      content.append(bytes[next])
      next += 1
    }
    throw .malformed(
      path: path, offset: opened, problem: .line(openedLine, "a quote that is never closed"))
  }

  private mutating func skipLineEnd() -> Bool {
    guard next < bytes.count, isLineEnd(bytes[next]) else { return false }
    if bytes[next] == UInt8(ascii: "\n") { line += 1 }
    next += 1
    return true
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private func text(_ bytes: [UInt8]) throws(FormatError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw problem("not UTF-8") }
    return text
  }

  private func problem(_ text: String) -> FormatError {
    .malformed(path: path, offset: next, problem: .line(line, text))
  }

  private var quote: UInt8 { UInt8(ascii: "\"") }
}
