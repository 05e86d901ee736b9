public import Pipelines
public import Store

/// How two versions of one output differ.
public struct OutputDifference: Sendable {
  /// Files of more bytes are compared without being opened.
  public static let mostBytes = 256 << 20

  public let output: String
  /// Where the first difference is inside a folder, such as `epoch-003.safetensors`.
  public let item: String?
  /// The output in both versions, or the item of it.
  public let old: Content
  public let new: Content
  /// Their bytes, where they still exist and are not too many.
  public let oldBytes: [UInt8]?
  public let newBytes: [UInt8]?
  /// Of files that are too large to be opened, the first byte that differs.
  public let firstByte: Int?
  /// By how much numbers may differ, where the stage says so; the difference is more than that.
  public let tolerance: Tolerance?

  /// `nil` if they are the same.
  init?(
    of output: String, between old: (content: Content, store: Store),
    and new: (content: Content, store: Store)
  ) {
    let pairs = FilePair.differing(old.content, in: old.store, new.content, in: new.store)
    guard let first = pairs.first else { return nil }
    self.init(of: output, first, old.store, new.store, beyond: nil)
  }

  init(
    of output: String, _ pair: FilePair, _ oldStore: Store, _ newStore: Store,
    beyond tolerance: Tolerance?
  ) {
    self.output = output
    self.tolerance = tolerance
    item = pair.item
    (old, new) = (pair.old, pair.new)
    if max(old.size, new.size) <= Self.mostBytes {
      oldBytes = try? oldStore.bytes(of: old.digest)
      newBytes = try? newStore.bytes(of: new.digest)
      firstByte = nil
    } else {
      (oldBytes, newBytes) = (nil, nil)
      firstByte = try? oldStore.firstDifference(of: old.digest, from: new.digest, in: newStore)
    }
  }
}
