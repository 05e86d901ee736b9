public import FoundationEssentials

/// What can be wrong with a data file: with reaching it, or with its bytes.
public enum FormatError: Error, Equatable {
  /// A system call on `path` failed with `code` (an `errno`).
  case system(call: String, path: String, code: Int32)
  /// The bytes from `offset` on are not what the format wants there. Text formats count lines in the
  /// problem as well.
  case malformed(path: String, offset: Int, problem: FormatProblem)
}

/// What is wrong at one place of a file.
public enum FormatProblem: Hashable, Sendable {
  case wrongStart(format: String)
  case endsEarly(needed: Int, left: Int)
  case bytesAfterEnd(Int)
  case header(String)
  case unsupported(String)
  case tooLarge(limit: Int)
  case damagedCompression(String)
  case line(Int, String)
  case field(String, String)
}

extension FormatError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .system(let call, let path, let code): "\(path): \(call): \(systemMessage(code))"
    case .malformed(let path, let offset, let problem): "\(path): byte \(offset): \(problem)"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .system: nil
    case .malformed(_, _, .unsupported): "write the file anew in one of the forms named"
    case .malformed(_, _, .wrongStart(let format)): "check that this is the \(format) file meant"
    case .malformed(_, _, .tooLarge): "check that this is the file meant, or raise the limit"
    case .malformed(_, _, .line), .malformed(_, _, .field): "correct it there"
    case .malformed: "the file is damaged or incomplete: make or fetch it again"
    }
  }
}

extension FormatProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongStart(let format): "this is no \(format) file"
    case .endsEarly(let needed, let left): "\(needed) bytes should follow, there are \(left)"
    case .bytesAfterEnd(let count): "the content ends here, \(count) bytes follow"
    case .header(let problem): "in the header: \(problem)"
    case .unsupported(let what): "\(what) cannot be read"
    case .tooLarge(let limit): "more than the \(limit) bytes allowed"
    case .damagedCompression(let problem): "compressed data: \(problem)"
    case .line(let line, let problem): "line \(line): \(problem)"
    case .field(let field, let problem): "'\(field)': \(problem)"
    }
  }
}
