import Documents

/// A folder's list: name and content of every entry, in the order of the names' bytes.
///
/// A folder within is an entry whose content is a tree. Two folders are the same when their lists
/// are: times, owners and permissions are not in them.
public struct Tree: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    /// A plain file name: not empty, `.` or `..`, without `/` and NUL, at most 255 bytes.
    public let name: String
    public let content: Content

    public init(name: String, content: Content) {
      self.name = name
      self.content = content
    }
  }

  public let entries: [Entry]

  /// - Throws: `StoreError.malformedDocument` when a name is not plain or occurs twice.
  public init(entries: [Entry]) throws(StoreError) {
    self.entries = entries.sorted { Self.isOrdered($0.name, $1.name) }
    guard entries.allSatisfy({ Self.isPlain($0.name) }), Self.isStrictlyOrdered(self.entries) else {
      throw .malformedDocument("tree")
    }
  }

  /// The content of the entry of exactly that name, byte by byte.
  public subscript(name: String) -> Content? {
    entries.first { $0.name.utf8.elementsEqual(name.utf8) }?.content
  }

  static func isPlain(_ name: String) -> Bool {
    (1...255).contains(name.utf8.count) && name != "." && name != ".."
      && name.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != 0 }
  }

  private static func isOrdered(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func isStrictlyOrdered(_ entries: [Entry]) -> Bool {
    zip(entries, entries.dropFirst()).allSatisfy { isOrdered($0.name, $1.name) }
  }
}

extension Tree {
  /// The object that stands for the folder: a canonical document.
  var bytes: [UInt8] {
    let list = entries.map { entry -> Value in
      [
        "name": .string(entry.name), "mode": .string(Self.mode(of: entry.content.kind)),
        "digest": .string(entry.content.digest.description),
        "sha256": .string(entry.content.sha256.description),
        "size": .int(Int64(entry.content.size)),
      ]
    }
    return (["type": "tree", "entries": .list(list)] as Value).canonicalBytes
  }

  init(bytes: [UInt8]) throws(StoreError) {
    guard let document = try? Value(canonical: bytes), document["type"]?.string == "tree",
      document.map?.count == 2, let list = document["entries"]?.list
    else { throw .malformedDocument("tree") }
    var entries: [Entry] = []
    for value in list { entries.append(try Self.entry(value)) }
    guard Self.isStrictlyOrdered(entries) else { throw .malformedDocument("tree") }
    try self.init(entries: entries)
  }

  private static func mode(of kind: Content.Kind) -> String { kind == .tree ? "folder" : "file" }

  private static func entry(_ value: Value) throws(StoreError) -> Entry {
    guard value.map?.count == 5, let name = value["name"]?.string,
      let digest = value["digest"]?.string, let sha256 = value["sha256"]?.string,
      let size = value["size"]?.int, size >= 0,
      let kind = Content.Kind.allCases.first(where: { mode(of: $0) == value["mode"]?.string })
    else { throw .malformedDocument("tree") }
    let content = Content(
      digest: try Digest(parsing: digest), sha256: try SHA256(parsing: sha256), size: Int(size),
      kind: kind)
    return Entry(name: name, content: content)
  }
}
