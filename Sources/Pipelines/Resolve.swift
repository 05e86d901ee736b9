public import Documents

/// Reads, checks and resolves a pipeline file, which sweeps nothing or only one point.
///
/// Bounded in time and space whatever the bytes are, and without effects.
///
/// - Parameters:
///   - bytes: The file's content.
///   - file: Its path, for messages, and for the name of a pipeline that gives itself none.
///   - overrides: What was given to `--set`, `NAME=VALUE` each; of two for one name the later wins.
///   - kinds: The stage kinds there are.
/// - Returns: The pipeline, found right.
/// - Throws: All that is wrong, in file order.
public func resolve(
  pipeline bytes: [UInt8], file: String, overrides: [String] = [], kinds: [KindSignature]
) throws(PipelineErrors) -> ResolvedPipeline {
  let study = try resolve(study: bytes, file: file, overrides: overrides, kinds: kinds)
  return try study.onlyPoint(file: file).pipeline
}

/// Reads, checks and resolves a pipeline file at all points that it sweeps.
///
/// - Parameters:
///   - bytes: The file's content.
///   - file: Its path, as for a pipeline.
///   - overrides: As for a pipeline; of what is swept, an override leaves the one value.
///   - sweeps: What was given to `--sweep`, `NAME=VALUE,VALUE` or `NAME=FIRST..LAST` each: instead of what the
///     file sweeps by that name, or besides.
///   - kinds: The stage kinds there are.
/// - Returns: All points, found right.
/// - Throws: All that is wrong, in file order.
public func resolve(
  study bytes: [UInt8], file: String, overrides: [String] = [], sweeps: [String] = [],
  kinds: [KindSignature]
) throws(PipelineErrors) -> Study {
  var reader = try StudyReader(bytes, file: file, overrides: overrides, kinds: kinds)
  return try reader.read(sweeps: sweeps)
}

extension ResolvedPipeline {
  /// Reads back the `value` of a resolved pipeline, as kept in a snapshot; messages call it `origin`.
  ///
  /// - Throws: All that does not fit the kinds as they are now.
  public init(
    value: Value, origin: String = "snapshot", kinds: [KindSignature]
  ) throws(PipelineErrors) {
    let place = SourceLocation(origin)
    guard var members = value.map, let stages = members["stages"]?.list else {
      throw PipelineErrors(
        .wrongPart(
          "the document", expected: "a resolved pipeline", found: Node(value, place: place).found),
        at: place)
    }
    let results = members["results"]?.list ?? []
    members["stages"] = nil
    members["results"] = nil
    var root = Node(.map(members), place: place)
    let entries = stages.map { stage in
      var parts = stage.map ?? [:]
      let name = parts.removeValue(forKey: "name")?.string ?? ""
      return Node.Entry(key: name, place: place, node: Node(.map(parts), place: place))
    }
    let stagesNode = Node(content: .map(entries), place: place)
    root.content = .map(
      (root.entries ?? []) + [Node.Entry(key: "stages", place: place, node: stagesNode)])
    if !results.isEmpty {
      let entries = results.map { result in
        Node.Entry(
          key: result["name"]?.string ?? "", place: place,
          node: Node(result["result"] ?? .null, place: place))
      }
      let node = Node(content: .map(entries), place: place)
      root.content = .map(
        (root.entries ?? []) + [Node.Entry(key: "results", place: place, node: node)])
    }
    var reader = PipelineReader(root, kinds: kinds, isResolved: true)
    self = try reader.read(overrides: [], name: "")
  }
}
