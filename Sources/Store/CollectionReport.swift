/// What a collection took, or would take.
public struct CollectionReport: Hashable, Sendable {
  public enum Subject: Hashable, Sendable {
    case run(Digest, name: String)
    case result(Digest)
    case object(Digest, Content.Kind)
    /// A file in the store's folders that the index does not know.
    case stray(path: String)
    case workFolder(path: String)
    case partial(path: String)
  }

  public enum Reason: Hashable, Sendable {
    /// Newer runs are as many as are to be kept.
    case olderRun
    /// No kept run is made of it.
    case noRun
    case unreadable
    /// No result and no run leads to it.
    case unreferenced
    /// An interruption left it behind.
    case leftBehind
    case asked
  }

  public struct Item: Hashable, Sendable {
    public let subject: Subject
    public let reason: Reason
    public let bytes: Int
  }

  public let items: [Item]
  /// Whether all of it is still there.
  public let isDryRun: Bool

  public var bytes: Int { items.reduce(0) { $0 + $1.bytes } }
}

extension CollectionReport.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .olderRun: "newer runs are as many as are kept"
    case .noRun: "of no kept run"
    case .unreadable: "its record cannot be read"
    case .unreferenced: "no result and no run needs it"
    case .leftBehind: "left behind by an interruption"
    case .asked: "asked for"
    }
  }
}
