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
    try self.init(ordered: entries.sorted { Self.isOrdered($0.name, $1.name) })
  }

  /// Of entries that are in order already.
  init(ordered entries: [Entry]) throws(StoreError) {
    guard entries.allSatisfy({ Self.isPlain($0.name) }), Self.isStrictlyOrdered(entries) else {
      throw .malformedDocument("tree")
    }
    self.entries = entries
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
