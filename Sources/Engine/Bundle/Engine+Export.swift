import Documents
import Pipelines
public import Store

/// A bundle that was written.
public struct ExportedBundle: Sendable {
  public let manifest: BundleManifest
  public let sizeInBytes: Int
  public let sha256: SHA256
}

extension Engine {
  /// Writes all that is needed to execute a run again, and to compare it, to one file: the snapshot,
  /// the files that it names, what came from outside by its digest, the digests of all results, and
  /// with `outputs` the bytes of all results, too; with `engine` the executable that made it last. The same
  /// run makes the same file, whenever and wherever it is exported.
  ///
  /// - Throws: `BundleError.incomplete` when something needed is lost, ``EngineError`` when the record
  ///   is incomplete, `StoreError.destinationExists`, `CancellationError`.
  public func export(
    _ run: Run, to path: String, withOutputs: Bool, withEngine: Bool = false
  ) throws -> ExportedBundle {
    let lock = try store.lock(.shared)
    defer { lock.release() }
    let engine = run.recordedBy()?.executable
    guard !withEngine || engine != nil else {
      throw EngineError.noRecordedEngine(run.hash.description)
    }
    let manifest = try manifest(
      of: run, withOutputs: withOutputs, engine: withEngine ? engine : nil)
    let (size, sha256) = try store.export(manifest, to: path)
    return ExportedBundle(manifest: manifest, sizeInBytes: size, sha256: sha256)
  }

  private func manifest(
    of run: Run, withOutputs: Bool, engine: Content?
  ) throws -> BundleManifest {
    let snapshot = try store.snapshot(run.hash)
    var results: [Digest: BundleManifest.Result] = [:]
    for stage in snapshot.stages {
      let key = stage.preimage.key
      guard let record = try store.record(for: key) else {
        throw EngineError.neverRecorded(stage: stage.name, key: key)
      }
      // What need not be the same to the last bit can only be compared with its bytes.
      let hasBytes =
        try withOutputs || bringsInBytes(stage) || stage.reproducible != .bitwise
      results[key] = BundleManifest.Result(
        record, notes: portable(record.notes), hasBytes: hasBytes)
    }
    let roots = snapshot.roots(results, engine: engine)
    let lost = try roots.filter { try !store.isIntact($0.content) }
    guard lost.isEmpty else { throw BundleError.incomplete(run: run.hash, lost.map(\.path)) }
    return BundleManifest(
      run: run.hash, name: run.name,
      stages: Dictionary(
        uniqueKeysWithValues: snapshot.stages.map { ($0.name, $0.preimage.key) }),
      results: Array(results.values),
      objects: try BundleManifest.Object.all(from: roots) { try store.tree(of: $0.digest) },
      engine: engine)
  }

  private func bringsInBytes(_ stage: Snapshot.Stage) throws -> Bool {
    try work(stage.preimage.kind ?? "", config: stage.preimage.config ?? .map([:])).bringsInBytes
  }

  /// Without the log, which says when and where as well as what.
  private func portable(_ notes: Value) -> Value {
    var members = notes.map ?? [:]
    members["log"] = nil
    return .map(members)
  }
}
