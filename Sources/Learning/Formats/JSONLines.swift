public import Documents
import FoundationEssentials

/// One JSON document a line: metrics, an epoch a line.
public enum JSONLines {
  /// Each document on a line of its own, keys sorted; numbers that are not finite become `null`.
  public static func bytes(of rows: [Value]) -> [UInt8] {
    var bytes: [UInt8] = []
    for row in rows {
      bytes += Array(row.json().utf8)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  public static func write(_ rows: [Value], to path: String) throws(FormatError) {
    try writeFile(bytes(of: rows), to: path)
  }

  public static func read(contentsOf path: String) throws(FormatError) -> [Value] {
    try read(readFile(at: path), path: path)
  }

  /// Reads the bytes of a file that messages call `path`.
  ///
  /// Empty lines are left out, and nothing else: a last line cut short is an error.
  public static func read(_ bytes: [UInt8], path: String) throws(FormatError) -> [Value] {
    var rows: [Value] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0d }) {
      do { rows.append(try Value(json: Array(line))) } catch {
        throw .malformed(
          path: path, offset: line.startIndex,
          problem: .line(index + 1, error.errorDescription ?? "\(error)"))
      }
    }
    return rows
  }
}
