public import Documents

/// What is in a bundle: a run, the results it is made of, and every object that goes with it.
///
/// No time and no machine is in it, so the same run has the same manifest wherever it was made. The
/// preimages of the results are in the snapshot.
public struct BundleManifest: Hashable, Sendable {
  public static let format = 1

  public struct Object: Hashable, Sendable {
    public let content: Content
    /// The first place where it stands in the run, such as `outputs/pretrain/checkpoints/epoch-001`:
    /// for people, never for the file system.
    public let path: String

    public init(content: Content, path: String) {
      self.content = content
      self.path = path
    }
  }

  public struct Result: Hashable, Sendable {
    public let key: Digest
    public let outputs: [String: Content]
    public let notes: Value
    /// Reasons and keys; when is not said.
    public let acceptances: [Acceptance]
    /// Whether the outputs' bytes are in the bundle.
    public let hasBytes: Bool
  }

  public let run: Digest
  public let name: String
  /// The key of each stage, by the stage's name.
  public let stages: [String: Digest]
  /// Each once, in the order of the keys.
  public let results: [Result]
  /// Each once, in the order of the digests.
  public let objects: [Object]
  /// The executable that computed the run, if it goes with it.
  public let engine: Content?

  public init(
    run: Digest, name: String, stages: [String: Digest], results: [Result], objects: [Object],
    engine: Content? = nil
  ) {
    self.run = run
    self.name = name
    self.stages = stages
    self.results = results.sorted { $0.key < $1.key }
    self.objects = objects.sorted { $0.content.digest < $1.content.digest }
    self.engine = engine
  }
}

extension BundleManifest.Result {
  public init(_ record: Record, notes: Value, hasBytes: Bool) {
    self.init(
      key: record.key, outputs: record.outputs, notes: notes,
      acceptances: record.acceptances.map { Acceptance(because: $0.because, from: $0.from, at: 0) },
      hasBytes: hasBytes)
  }

  /// As it is recorded where the bundle is imported.
  func record(stage: String) -> Record {
    Record(
      key: key, preimage: key, outputs: outputs, notes: notes, stage: stage,
      acceptances: acceptances, isEvicted: !hasBytes)
  }
}

extension BundleManifest {
  /// Whether the object is read as a whole: the snapshot, or a folder's list.
  func isDocument(_ object: Object) -> Bool {
    object.content.kind == .tree || object.content.digest == run
  }

  /// The document `manifest.json`, in its canonical form.
  var document: Value {
    var members: [String: Value] = [
      "type": "bundle", "format": .int(Int64(Self.format)), "run": .string(run.description),
      "name": .string(name), "stages": .map(stages.mapValues { .string($0.description) }),
      "results": .list(results.map(\.document)), "objects": .list(objects.map(\.document)),
    ]
    members["engine"] = engine?.value
    return .map(members)
  }

  /// - Throws: `StoreError.malformedDocument`, `.malformedDigest` for anything but a manifest.
  init(document: Value) throws(StoreError) {
    guard document["type"]?.string == "bundle", document["format"]?.int == Int64(Self.format),
      let run = document["run"]?.string, let name = document["name"]?.string,
      let stages = document["stages"]?.map, let results = document["results"]?.list,
      let objects = document["objects"]?.list
    else { throw .malformedDocument("manifest") }
    var keys: [String: Digest] = [:]
    for (name, key) in stages { keys[name] = try Digest(parsing: key.string ?? "") }
    var allResults: [Result] = []
    for result in results { allResults.append(try Result(document: result)) }
    var allObjects: [Object] = []
    for object in objects { allObjects.append(try Object(document: object)) }
    self.init(
      run: try Digest(parsing: run), name: name, stages: keys, results: allResults,
      objects: allObjects,
      engine: try document["engine"].map { value throws(StoreError) in try Content(value: value) })
    // Another order, or anything besides, is not what the writer writes.
    guard Set(keys.values) == Set(self.results.map(\.key)), self.hasEachOnce,
      self.document == document
    else { throw .malformedDocument("manifest") }
  }

  private var hasEachOnce: Bool {
    Set(results.map(\.key)).count == results.count
      && Set(objects.map(\.content.digest)).count == objects.count
  }
}

extension BundleManifest.Object {
  fileprivate var document: Value { ["content": content.value, "path": .string(path)] }

  fileprivate init(document: Value) throws(StoreError) {
    guard let content = document["content"], let path = document["path"]?.string else {
      throw .malformedDocument("manifest")
    }
    self.init(content: try Content(value: content), path: path)
  }
}

extension BundleManifest.Result {
  fileprivate var document: Value {
    [
      "key": .string(key.description), "outputs": .map(outputs.mapValues(\.value)), "notes": notes,
      "acceptances": .list(
        acceptances.map {
          ["because": .string($0.because), "from": .string($0.from.description)]
        }),
      "bytes": .bool(hasBytes),
    ]
  }

  fileprivate init(document: Value) throws(StoreError) {
    guard let key = document["key"]?.string, let outputs = document["outputs"]?.map,
      let notes = document["notes"], let reasons = document["acceptances"]?.list,
      let hasBytes = document["bytes"]?.bool
    else { throw .malformedDocument("manifest") }
    var contents: [String: Content] = [:]
    for (name, value) in outputs { contents[name] = try Content(value: value) }
    var acceptances: [Acceptance] = []
    for reason in reasons {
      guard let because = reason["because"]?.string, let from = reason["from"]?.string else {
        throw .malformedDocument("manifest")
      }
      acceptances.append(Acceptance(because: because, from: try Digest(parsing: from), at: 0))
    }
    self.init(
      key: try Digest(parsing: key), outputs: contents, notes: notes, acceptances: acceptances,
      hasBytes: hasBytes)
  }
}
