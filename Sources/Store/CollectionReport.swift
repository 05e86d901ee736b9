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
    /// Newer runs of the pipeline are as many as are to be kept, or it is too old.
    case olderRun
    /// No kept run is made of it, and it is not young.
    case noRun
    /// No result and no run leads to it.
    case unreferenced
    /// It is over the budget, and cheap to make again. Its digests and its recipe stay.
    case evicted
    /// The same, and there was no space left for what should have stayed.
    case evictedWhole
    /// An interruption left it behind.
    case leftBehind
    /// The state of a stage that cannot be gone on from: what the stage had made is gone.
    case baseless
    /// The state of a stage that nobody has gone on with for too long.
    case abandoned
    case asked
  }

  public struct Item: Hashable, Sendable {
    public let subject: Subject
    public let reason: Reason
    /// Of an evicted result what comes free without it, of any other 0: its objects stand beside it.
    public let bytes: Int
  }

  public let items: [Item]
  /// Whether all of it is still there.
  public let isDryRun: Bool
  /// How long it took to compute what is evicted.
  public let seconds: Double
  /// The runs that stay and can be executed again and compared.
  public let verifiableRuns: Int

  public var bytes: Int { items.reduce(0) { $0 + $1.bytes } }
}

extension CollectionReport.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .olderRun: "an older run"
    case .noRun: "of no kept run"
    case .unreferenced: "no result and no run needs it"
    case .evicted: "over the budget; it can be made again"
    case .evictedWhole: "over the budget; there was no space to note its digests"
    case .leftBehind: "left behind by an interruption"
    case .baseless: "the state of a stage whose result is gone"
    case .abandoned: "the state of a stage that was not gone on with"
    case .asked: "asked for"
    }
  }
}
