/// What the index knows of an object: what its bytes are, and the stamp its file had when they were.
struct ObjectRow: Hashable, Sendable {
  let content: Content
  let stamp: FileStatus.Stamp
}
