public import FoundationEssentials
import Glibc

/// Why a bundle is refused, or cannot be made. The first text is the path of its file.
public enum BundleError: Error, Hashable {
  /// What the system says of the file.
  case unreadable(String, errno: Int32)
  /// It does not begin as a bundle does.
  case noBundle(String)
  case newerFormat(String, version: Int)
  case endsEarly(String)
  /// Something stands where the manifest, or the end where it is `nil`, says that something else does.
  case unexpectedEntry(String, expected: String?, found: String)
  case tooLarge(String, entry: String, size: Int, most: Int)
  /// The bytes of an entry are not those of its SHA-256.
  case damaged(String, entry: String)
  /// What follows an entry up to the next one is not empty.
  case malformedEnd(String, of: String)
  case trailingBytes(String, count: Int)
  /// The manifest is none, or does not go with what is in the bundle: what is wrong with it.
  case inconsistent(String, String)

  /// The store has another result for a stage of the run than the bundle has.
  case otherResult(String, stage: String, key: Digest)
  /// What a bundle needs is not in the store: inputs and outputs as `inputs/stage/name`.
  case incomplete(run: Digest, [String])
}

extension BundleError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .unreadable(let path, let code):
      "cannot read the bundle '\(path)': \(String(cString: strerror(code)))"
    case .noBundle(let path): "'\(path)' is no bundle"
    case .newerFormat(let path, let version):
      "bundle '\(path)' is of format \(version), made by a newer repro"
    case .endsEarly(let path): "bundle '\(path)' ends early"
    case .unexpectedEntry(let path, let expected?, let found):
      "bundle '\(path)': where '\(expected)' should be there is \(found.prefix(200))"
    case .unexpectedEntry(let path, nil, let found):
      "bundle '\(path)': where it should end there is \(found.prefix(200))"
    case .tooLarge(let path, let entry, let size, let most):
      "bundle '\(path)': '\(entry)' has \(size) bytes; \(most) are the most"
    case .damaged(let path, let entry):
      "bundle '\(path)': the bytes of '\(entry)' are not those that were put in"
    case .malformedEnd(let path, let entry):
      "bundle '\(path)': something hides behind '\(entry)'"
    case .trailingBytes(let path, let count):
      "bundle '\(path)': \(count) bytes follow its end"
    case .inconsistent(let path, let what): "bundle '\(path)' contradicts itself: \(what)"
    case .otherResult(let path, let stage, let key):
      "the cache has another result of stage '\(stage)' (\(key)) than bundle '\(path)'; nothing was imported"
    case .incomplete(let run, let names):
      "run \(run) cannot be exported: the cache has lost \(Self.listing(names))"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .unreadable: "name a file that 'repro export' wrote"
    case .noBundle: "'repro export' makes bundles"
    case .newerFormat: "use that version"
    case .endsEarly, .damaged, .malformedEnd, .trailingBytes:
      "get it again, and compare its SHA-256 with that of the sender"
    case .unexpectedEntry, .tooLarge, .inconsistent:
      "it was changed after it was made: get it from somebody you trust"
    case .otherResult:
      "import it into a cache of its own (--cache), or let 'repro challenge' compute it afresh"
    case .incomplete:
      "run the pipeline again, so that what is missing is made again; without --outputs inputs are enough"
    }
  }

  private static func listing(_ names: [String]) -> String {
    let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
