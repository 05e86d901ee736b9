public import FoundationEssentials
import Glibc

/// What can go wrong with a store.
public enum StoreError: Error, Hashable {
  /// A system call failed.
  case system(String, path: String, errno: Int32)
  /// SQLite refused; its own words.
  case index(String, path: String)
  case noStore(String)
  case newerStore(String, version: Int)

  case malformedDigest(String)
  /// A verified document that is not what it should be, such as a tree.
  case malformedDocument(String)
  case notATree(Digest)

  case missing(Digest)
  /// The object's bytes are not those it is named after. It is in quarantine now.
  case damaged(Digest, Damage.Kind)
  /// Two different contents with one XXH3-128: nobody meets them by accident.
  case twin(Digest, has: SHA256, offered: SHA256)

  case notPlain(String, FileKind)
  case nameNotUTF8(folder: String)
  case tooDeep(String)
  /// Folders that would have more files and folders than that, were they laid out.
  case tooManyEntries(String, most: Int)
  case destinationExists(String)

  case unknownRun(String)
  case unknownKey(String)
  case unknownObject(String)
  /// No run, result or object begins like that.
  case unknownHash(String)
  case unknownPin(String)
  case ambiguous(String, [Digest])
  /// The beginning of hashes of several kinds: each with what it names.
  case ambiguousKinds(String, [String])
  case malformedPinName(String)
  /// Collection, asked for by a holder of the shared lock, would wait for itself.
  case collectionUnderSharedLock
}

extension StoreError {
  /// Whether an object is lost: what needs it can be made again from its recipe.
  public var isDamage: Bool {
    switch self {
    case .missing, .damaged: true
    default: false
    }
  }

  /// Whether a hash prefix means nothing here.
  public var isUnknown: Bool {
    switch self {
    case .unknownRun, .unknownKey, .unknownObject, .unknownHash: true
    default: false
    }
  }

  /// Whether the caller asked for something that cannot be had, and the store is well.
  public var isRequest: Bool {
    switch self {
    case .noStore, .malformedDigest, .notATree, .notPlain, .nameNotUTF8, .tooDeep, .tooManyEntries,
      .destinationExists, .unknownRun, .unknownKey, .unknownObject, .unknownHash, .unknownPin,
      .ambiguous, .ambiguousKinds, .malformedPinName:
      true
    default: false
    }
  }
}

extension StoreError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .system(let call, let path, let code):
      "\(call) '\(path)': \(String(cString: strerror(code)))"
    case .index(let message, let path): "index '\(path)': \(message)"
    case .noStore(let path): "no store at '\(path)'"
    case .newerStore(let path, let version):
      "the store at '\(path)' is of version \(version), made by a newer repro"
    case .malformedDigest(let text): "'\(text.prefix(80))' is no digest"
    case .malformedDocument(let type): "a document of the store is no \(type)"
    case .notATree(let digest): "object \(digest) is no folder"
    case .missing(let digest): "object \(digest) is missing"
    case .damaged(let digest, let kind): "object \(digest) is damaged: \(kind)"
    case .twin(let digest, let has, let offered):
      "object \(digest) has SHA-256 \(has), and \(offered) was to be stored under the same name"
    case .notPlain(let path, let kind): "'\(path)' is \(kind), not a plain file or folder"
    case .nameNotUTF8(let folder): "a file name in '\(folder)' is not UTF-8"
    case .tooManyEntries(let path, let most):
      "'\(path)' would have more than \(most) files and folders"
    case .tooDeep(let path): "'\(path)' is nested deeper than \(Store.greatestDepth) folders"
    case .destinationExists(let path): "'\(path)' exists already"
    case .unknownRun(let prefix): "no run '\(prefix.prefix(80))'"
    case .unknownKey(let prefix): "no stage result '\(prefix.prefix(80))'"
    case .unknownObject(let prefix): "no object '\(prefix.prefix(80))'"
    case .unknownHash(let prefix): "no run, stage result or object '\(prefix.prefix(80))'"
    case .unknownPin(let name): "no pin '\(name.prefix(Pin.longestName))'"
    case .ambiguous(let prefix, let candidates):
      "'\(prefix)' is the beginning of \(candidates.count) hashes"
    case .ambiguousKinds(let prefix, let candidates):
      "'\(prefix)' is the beginning of \(candidates.count) hashes"
    case .malformedPinName(let name): "'\(name.prefix(Pin.longestName))' is no name for a pin"
    case .collectionUnderSharedLock: "the cache is in use by this very command"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .system(_, _, let code): Self.advice(on: code)
    case .index: "delete the index: it is built again from the store"
    case .noStore: "a first 'repro run' makes one; --cache names another folder"
    case .newerStore: "use that version, or another cache folder"
    case .malformedDigest: "a digest is 32 lower-case hex digits, a SHA-256 64"
    case .malformedDocument, .twin: "run 'repro cache verify'"
    case .missing, .damaged: "run the pipeline again: what is missing is made again"
    case .notPlain: "copy what it points to, or remove it"
    case .nameNotUTF8: "rename the file"
    case .destinationExists: "remove it, or name another place"
    case .unknownRun: "'repro runs' lists them"
    case .unknownKey, .unknownObject: "'repro cache ls' lists them"
    case .unknownHash: "'repro runs' and 'repro cache ls' list them"
    case .unknownPin: "'repro cache ls' shows pins"
    case .ambiguousKinds(_, let candidates):
      "more digits, please: \(candidates.prefix(8).joined(separator: ", "))"
    case .malformedPinName:
      "a name is words of letters, digits, '-', '.' and '_', with single spaces between, \(Pin.longestName) bytes at most"
    case .ambiguous(_, let candidates): "more digits, please: \(Self.listing(candidates))"
    case .notATree, .tooDeep, .tooManyEntries, .collectionUnderSharedLock: nil
    }
  }

  private static func advice(on code: Int32) -> String? {
    switch code {
    case ENOSPC, EDQUOT:
      "free some space ('repro cache gc' takes what nothing needs), then run again"
    case EACCES, EPERM, EROFS: "check who owns the folder and whether it may be written"
    case EMFILE, ENFILE: "raise the limit of open files (ulimit -n), then run again"
    default: nil
    }
  }

  private static func listing(_ candidates: [Digest]) -> String {
    let shown = candidates.prefix(8).map(\.description).joined(separator: ", ")
    return candidates.count > 8 ? "\(shown) and \(candidates.count - 8) more" : shown
  }
}
