import Documents

/// Stages that were found right, so that one which points of a sweep share is read once.
struct KnownStages {
  /// All that a stage says of itself, references to params replaced.
  struct Key: Hashable {
    private let name: String
    private let parts: Value
    fileprivate let hasSeed: Bool

    init(_ entry: Node.Entry) {
      name = entry.key
      parts = entry.node.value
      hasSeed = entry.node["seed"] != nil
    }
  }

  private var drafts: [Key: StageDraft] = [:]

  /// The stage, in a pipeline of that seed.
  func draft(_ key: Key, seed: UInt64) -> StageDraft? {
    guard var draft = drafts[key] else { return nil }
    if !key.hasSeed, draft.seed != nil { draft.seed = seed }
    return draft
  }

  mutating func keep(_ draft: StageDraft, _ key: Key) { drafts[key] = draft }
}
