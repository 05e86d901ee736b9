/// A place in a pipeline file: what every message about the file begins with.
///
/// Lines and columns count from 1, columns in Unicode scalars. Line 0 means that the value did not
/// come from a file; `file` then says where from (`--set noise.rate=0.6`).
public struct SourceLocation: Hashable, Sendable {
  public let file: String
  public let line: Int
  public let column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// A place without lines, like an option of the command line.
  ///
  /// The number orders such places among each other and is not shown.
  public init(_ origin: String, number: Int = 0) {
    self.init(file: origin, line: 0, column: number)
  }

  public var isInFile: Bool { line > 0 }
}

extension SourceLocation: CustomStringConvertible {
  public var description: String {
    let file = printable(file, limit: 200)
    return isInFile ? "\(file):\(line):\(column)" : file
  }
}

extension SourceLocation: Comparable {
  /// File order; what did not come from the file comes last.
  public static func < (one: SourceLocation, other: SourceLocation) -> Bool {
    if one.isInFile != other.isInFile { return one.isInFile }
    return (one.line, one.column) < (other.line, other.column)
  }
}
