import Documents

extension Store {
  /// Writes a bundle to `path`, where nothing may stand yet. Every object is checked on the way; if
  /// this throws, nothing is left.
  ///
  /// - Returns: the size and the SHA-256 of the file.
  /// - Throws: `BundleError.tooLarge`, `StoreError.missing`, `.damaged`, `.destinationExists`,
  ///   `CancellationError`.
  public func export(
    _ manifest: BundleManifest, to path: String
  ) throws -> (sizeInBytes: Int, sha256: SHA256) {
    try whileShared {
      // What would be refused is not made.
      let bytes = manifest.document.canonicalBytes
      try RunBundle.checkSize(bytes.count, of: RunBundle.manifestName, in: path)
      for object in manifest.objects where manifest.isDocument(object) {
        try RunBundle.checkSize(object.content.size, of: object.path, in: path)
      }
      let archive = try ArchiveWriter(path)
      try archive.add(RunBundle.checksumName, RunBundle.checksum(of: bytes))
      try archive.add(RunBundle.manifestName, bytes)
      try archive.add(ROCrate.name, ROCrate.bytes(for: manifest))
      for object in manifest.objects {
        try Task.checkCancellation()
        let content = object.content
        try reading(content.digest) { source in
          let found = try archive.add(RunBundle.name(of: object), content, from: source)
          try check(found, is: content.digest, expecting: content)
        }
      }
      return try archive.finish()
    }
  }

  /// Takes over what the store does not have of a bundle: its objects and `preimages` first, then, in
  /// one step, the results and the run. What the store knows already stays as it is; a result whose
  /// bytes it gave up gets them back.
  ///
  /// - Returns: how many objects are new.
  /// - Throws: `BundleError.otherResult` when the store has another result for one of the stages, and
  ///   `BundleError.damaged` when the file was changed meanwhile: neither a run nor a result is
  ///   recorded then. `StoreError.twin`, `CancellationError`.
  public func take(_ bundle: RunBundle, preimages: [[UInt8]]) throws -> Int {
    try whileShared {
      let (records, seen) = try newRecords(of: bundle)
      let intake = Intake(self)
      var count = 0
      for (index, object) in bundle.manifest.objects.enumerated() {
        try Task.checkCancellation()
        let isNew = try intake.add(object.content) { file in
          let found = try bundle.copy(index, to: file)
          guard found.hasSameBytes(as: object.content) else {
            throw BundleError.damaged(bundle.path, entry: object.path)
          }
        }
        if isNew { count += 1 }
      }
      for preimage in preimages { _ = try intake.add(preimage) }
      try intake.commit()
      let manifest = bundle.manifest
      try save(
        records, Run(hash: manifest.run, name: manifest.name, records: manifest.stages),
        unlessChangedSince: seen, bundle)
      return count
    }
  }

  /// The results of the bundle that the store does not have, or has without their bytes.
  /// - Returns: these, and the documents of all that were looked at: somebody may record one of them
  ///   while the objects are copied.
  private func newRecords(
    of bundle: RunBundle
  ) throws -> (records: [Record], seen: [Digest: Digest?]) {
    let manifest = bundle.manifest
    let seen = try index.read { db in
      Dictionary(
        uniqueKeysWithValues: try manifest.results.map { ($0.key, try db.result($0.key)) })
    }
    let known = try records(for: manifest.results.map(\.key))
    let names = Dictionary(
      manifest.stages.map { ($0.value, $0.key) }, uniquingKeysWith: { min($0, $1) })
    let records = try manifest.results.compactMap { result -> Record? in
      let name = names[result.key] ?? ""
      guard let known = known[result.key] else {
        return result.record(stage: "\(manifest.name)/\(name)")
      }
      guard known.outputs == result.outputs else {
        throw BundleError.otherResult(bundle.path, stage: name, key: result.key)
      }
      return known.isEvicted && result.hasBytes ? known.restored : nil
    }
    return (records, seen)
  }

  /// Records results and the run that is made of them; all their objects are stored.
  private func save(
    _ records: [Record], _ run: Run, unlessChangedSince seen: [Digest: Digest?],
    _ bundle: RunBundle
  ) throws {
    let files = try snapshotContents(run.hash)
    let outputs = Set(records.filter { !$0.isEvicted }.flatMap(\.outputs.values))
    let recipes = try records.map { Recipe(preimage: try bytes(of: $0.preimage)) }
    let trees = try newTrees(below: files.union(outputs), needed: files.union(outputs))
    let intake = Intake(self)
    let documents = try records.map { try add($0.document, to: intake) }
    let runDocument = try add(run.document, to: intake)
    var old: Set<Digest> = []
    try intake.commit { db in
      try Self.require([run.hash] + (files.union(outputs)).map(\.digest), db)
      for (key, document) in seen where try db.result(key) != document {
        let stage = run.records.first { $0.value == key }?.key ?? ""
        throw BundleError.otherResult(bundle.path, stage: stage, key: key)
      }
      for tree in trees { try db.saveEntries(tree.entries, of: tree.digest) }
      for ((record, document), recipe) in zip(zip(records, documents), recipes) {
        if let known = try db.result(record.key) { old.insert(known) }
        try db.save(record, as: document, recipe: recipe)
      }
      if let known = try db.document(of: .run(run.hash)) { old.insert(known) }
      // With what executions of it here have added.
      let kept = try db.objects(ofRun: run.hash).filter { try db.object($0) != nil }
      try db.save(run, as: runDocument, objects: files.map(\.digest) + kept)
    }
    for digest in old.subtracting((documents + [runDocument]).map(\.digest)) {
      Folder.remove(recordFolder.path(of: digest))
    }
  }

  private func add(_ value: Value, to intake: Intake) throws -> Document {
    let bytes = value.canonicalBytes
    return Document(digest: try intake.addDocument(bytes), bytes: bytes)
  }
}
