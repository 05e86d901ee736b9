import Documents
import Learning

/// Documents and tables: the first field or cell that differs.
extension FileDifference {
  static func json(_ it: Versions) -> FileDifference? {
    guard isShort(it), let old = try? Value(json: it.old), let new = try? Value(json: it.new),
      isDocument(old), isDocument(new), !hasLongIntegers(it)
    else { return nil }
    var walk = ValueWalk(it)
    walk.compare(old, new)
    return walk.difference
  }

  static func jsonLines(_ it: Versions) -> FileDifference? {
    guard isShort(it), let old = try? JSONLines.read(it.old, path: it.names.0),
      let new = try? JSONLines.read(it.new, path: it.names.1),
      !old.isEmpty, (old + new).allSatisfy(isDocument), !hasLongIntegers(it)
    else { return nil }
    var walk = ValueWalk(it, root: "")
    for (index, pair) in zip(old, new).enumerated() {
      walk.within("line \(index + 1), $") { $0.compare(pair.0, pair.1) }
    }
    walk.within("the whole") { $0.noteCounts(old.count, new.count, of: "lines") }
    return walk.difference
  }

  /// A table: in each row as many cells, of which two or more are in a row, or else numbers in all
  /// rows but the first.
  static func table(_ it: Versions) -> FileDifference? {
    guard isShort(it) else { return nil }
    for separator in [",", "\t", ";"] as [Character] {
      guard let old = rows(of: it.old, separator), let new = rows(of: it.new, separator) else {
        continue
      }
      return tables(old, new, it)
    }
    return nil
  }

  private static func tables(
    _ old: [[String]], _ new: [[String]], _ it: Versions
  ) -> FileDifference {
    var walk = ValueWalk(it, root: "")
    let isTitled = old[0] == new[0] && old[0].allSatisfy { isText(cell($0)) }
    for (index, pair) in zip(old, new).enumerated() {
      for (column, cells) in zip(pair.0, pair.1).enumerated() {
        let title = isTitled ? "'\(old[0][column])'" : "\(column + 1)"
        walk.within("row \(index + 1), column \(title)") {
          $0.compare(cell(cells.0), cell(cells.1))
        }
      }
    }
    walk.within("the whole") {
      $0.noteCounts(old.count, new.count, of: "rows")
      $0.noteCounts(old[0].count, new[0].count, of: "columns")
    }
    return walk.difference
  }

  private static func rows(of bytes: [UInt8], _ separator: Character) -> [[String]]? {
    guard let rows = try? CSV.rows(bytes, path: "", separator: separator), let first = rows.first,
      rows.allSatisfy({ $0.count == first.count }),
      first.count > 1 || rows.dropFirst(min(1, rows.count - 1)).allSatisfy({ !isText(cell($0[0])) })
    else { return nil }
    return rows
  }

  /// A number where it is written as one.
  private static func cell(_ text: String) -> Value {
    let plain = String(text.trimmingPrefix(while: { $0 == " " }))
    if let number = Int64(plain) { return .int(number) }
    // What is a whole number, but too long for one, has to be the same to the last digit.
    guard plain.contains(where: { ".eEnN".contains($0) }), let number = Double(plain),
      isWritten(plain, number)
    else { return .string(text) }
    return .float(number)
  }

  /// Whether the text says that number: names of digits with an `e` among them overflow or vanish.
  private static func isWritten(_ text: String, _ number: Double) -> Bool {
    let unsigned = text.drop { $0 == "-" || $0 == "+" }.lowercased()
    if !number.isFinite { return ["nan", "inf", "infinity"].contains(unsigned) }
    guard unsigned.utf8.allSatisfy({ "0123456789.e+-".utf8.contains($0) }) else { return false }
    let digits = unsigned.prefix { $0 != "e" }
    return number != 0 || digits.allSatisfy { "0.".contains($0) }
  }

  private static func isText(_ value: Value) -> Bool { value.string != nil }

  private static func isDocument(_ value: Value) -> Bool { value.map != nil || value.list != nil }

  private static func isShort(_ it: Versions) -> Bool {
    max(it.old.count, it.new.count) <= ArtefactDifference.mostTextBytes
  }

  /// Whether a whole number may be too long for 64 bits: read as a float it would lose its last digits.
  private static func hasLongIntegers(_ it: Versions) -> Bool {
    [it.old, it.new].contains { bytes in
      bytes.split(whereSeparator: { !(0x30...0x39).contains($0) }).contains { digits in
        let before = digits.startIndex > 0 ? bytes[digits.startIndex - 1] : 0
        let after = digits.endIndex < bytes.count ? bytes[digits.endIndex] : 0
        return digits.count > 18 && before != UInt8(ascii: ".") && !".eE".utf8.contains(after)
      }
    }
  }
}
