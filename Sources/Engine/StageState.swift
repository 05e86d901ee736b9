public import Documents
import Store

/// Which states a stage may go on from.
public enum Resumption: Sendable, Hashable {
  /// Those of a stage with the same key.
  case sameConfig
  /// Also those of a stage whose config differs in this field alone, a number that says how far the stage
  /// goes: with `epochs: 30` it goes on from where `epochs: 20` ended.
  case anyLength(field: String)
}

/// What a stage keeps while it runs, to go on from when it is started again.
public final class StageState {
  /// What an earlier attempt has kept.
  public struct Kept {
    /// Whole units done, such as epochs.
    public let done: Int
    /// What the stage noted, and the path of the file it wrote.
    public let note: Value
    public let data: String
  }

  private let folder: PartialFolder
  /// The paths of outputs that are folders.
  private let folderOutputs: [String]
  private let start = ContinuousClock.now
  private var secondsBefore: Double
  private var last: PartialState?

  /// The caller is the only one at work in the folder.
  init(in folder: PartialFolder, folderOutputs: [String]) throws {
    self.folder = folder
    self.folderOutputs = folderOutputs.map { "\(folder.outputs)/\($0)" }
    last = try folder.restore(folder.state())
    secondsBefore = last?.seconds ?? 0
    try makeOutputs()
  }

  /// What was kept last; the outputs that it counted on are in their places, and no others.
  public var kept: Kept? {
    last.map { Kept(done: $0.done, note: $0.note, data: folder.data(of: $0)) }
  }

  /// Begins anew: what was kept is of no use.
  public func forget() throws {
    guard last != nil else { return }
    (last, secondsBefore) = (nil, 0)
    try folder.clear()
    try makeOutputs()
  }

  private func makeOutputs() throws {
    for path in [folder.outputs] + folderOutputs { try Folder.makeIfMissing(path) }
  }

  /// The seconds that earlier attempts computed for what was kept.
  var seconds: Double { secondsBefore }

  /// Keeps a state in place of the last one: whatever happens, one of the two is there.
  ///
  /// - Parameters:
  ///   - done: Whole units done.
  ///   - note: What the stage must know again besides `data`.
  ///   - files: The outputs written so far that are final, as `output` or `output/name`.
  ///   - data: Writes the data to a new file at the path.
  /// - Throws: `StoreError.system`, and what `write` throws.
  public func keep(
    done: Int, note: Value, files: [String], write data: (_ path: String) throws -> Void
  ) throws {
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    last = try folder.save(
      done: done, seconds: secondsBefore + elapsed, note: note, files: files, after: last,
      write: data)
  }
}
