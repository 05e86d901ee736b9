import Documents

/// What a pin keeps from collection and eviction, with all that it leads to.
public enum PinTarget: Hashable, Sendable {
  /// A run, by its hash: its results and external files.
  case run(Digest)
  /// A result, by its key.
  case result(Digest)
  /// An object, by its digest; of a folder all that is in it.
  case object(Digest)

  public var digest: Digest {
    switch self {
    case .run(let digest), .result(let digest), .object(let digest): digest
    }
  }
}

/// A name that somebody gave to something to be kept.
public struct Pin: Hashable, Sendable {
  /// At most this many bytes.
  public static let longestName = 100

  public let name: String
  public let target: PinTarget

  init(name: String, target: PinTarget) throws(StoreError) {
    guard Self.isPlain(name) else { throw .malformedPinName(name) }
    self.name = name
    self.target = target
  }

  /// Words of letters, digits and `-._`, with single spaces between: readable on every terminal,
  /// and the same name however it is written.
  private static func isPlain(_ name: String) -> Bool {
    let words = name.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    return name.utf8.count <= longestName
      && words.allSatisfy { word in
        !word.isEmpty
          && word.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
              UInt8(ascii: "_"):
              true
            default: false
            }
          }
      }
  }
}

extension PinTarget {
  /// What it is called in documents and in the index.
  var word: String {
    switch self {
    case .run: "run"
    case .result: "result"
    case .object: "object"
    }
  }

  init?(word: String, digest: Digest) {
    switch word {
    case "run": self = .run(digest)
    case "result": self = .result(digest)
    case "object": self = .object(digest)
    default: return nil
    }
  }
}

extension Pin {
  /// Of an object the whole content stands in it, so that a rebuilt index knows a folder for one.
  func document(content: Content?) -> Value {
    [
      "type": "pin", "name": .string(name), "target": .string(target.word),
      "digest": .string(target.digest.description), "content": content?.value ?? .null,
    ]
  }

  init(document: Value) throws(StoreError) {
    guard document["type"]?.string == "pin", let name = document["name"]?.string,
      let word = document["target"]?.string, let digest = document["digest"]?.string,
      let target = PinTarget(word: word, digest: try Digest(parsing: digest))
    else { throw .malformedDocument("pin") }
    try self.init(name: name, target: target)
  }
}
