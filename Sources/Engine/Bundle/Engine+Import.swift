import Documents
public import Store

/// A bundle that was taken over.
public struct ImportedBundle: Sendable {
  public let run: Run
  public let objects: Int
  /// How many of the objects the store did not have.
  public let newObjects: Int
}

extension Engine {
  /// Takes a bundle over: all of it or, if anything is wrong with it, nothing.
  ///
  /// What the bundle says the results are is believed as little as any record: a re-execution shows
  /// whether it is so.
  ///
  /// - Throws: `BundleError`, `StoreError.twin`, `CancellationError`.
  public func take(_ bundle: RunBundle, occasion: Occasion) throws -> ImportedBundle {
    let lock = try store.lock(.shared)
    defer { lock.release() }
    let snapshot = try snapshot(of: bundle)
    let count = try store.take(bundle, preimages: snapshot.stages.map(\.preimage.canonicalBytes))
    let manifest = bundle.manifest
    // When it came, so that it is as young as that; and where its program is from.
    try store.addExecution(
      run: manifest.run,
      Execution(
        startedAt: occasion.startedAt, seconds: 0, host: occasion.host, engine: occasion.engine,
        engineDigest: occasion.engineDigest, executed: 0, reused: 0, executable: manifest.engine,
        bundle: try bundle.sha256()))
    return ImportedBundle(
      run: try store.run(matching: manifest.run.description), objects: manifest.objects.count,
      newObjects: count)
  }

  /// The bundle's snapshot, after a look at whether all in the bundle goes with it.
  private func snapshot(of bundle: RunBundle) throws -> Snapshot {
    func inconsistent(_ what: String) -> BundleError { .inconsistent(bundle.path, what) }
    let bytes = try bundle.snapshot()
    guard let value = try? Value(canonical: bytes), let snapshot = Snapshot(value: value),
      snapshot.canonicalBytes == bytes
    else { throw inconsistent("its snapshot is none") }
    let manifest = bundle.manifest
    let keys = Dictionary(
      uniqueKeysWithValues: snapshot.stages.map { ($0.name, $0.preimage.key) })
    guard keys == manifest.stages else {
      throw inconsistent("its stages are not those of its snapshot")
    }
    var results: [Digest: BundleManifest.Result] = [:]
    for result in manifest.results { results[result.key] = result }
    for stage in snapshot.stages {
      let outputs = stage.preimage.value["outputs"]?.list?.compactMap(\.string) ?? []
      guard let result = results[stage.preimage.key], Set(outputs) == Set(result.outputs.keys)
      else { throw inconsistent("the outputs of stage '\(stage.name)' are not those it declares") }
    }
    // Where a command's log is kept here is not for others to say.
    guard manifest.results.allSatisfy({ $0.notes["log"] == nil }) else {
      throw inconsistent("it has the log of a command")
    }
    try bundle.check(has: snapshot.roots(results, engine: manifest.engine))
    return snapshot
  }
}
