public import Documents

/// Reads, checks and resolves a pipeline file.
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
  var problems: [PipelineError] = []
  var given: [Override] = []
  for (number, text) in overrides.enumerated() {
    do throws(PipelineErrors) {
      given.append(try Override(text, number: number))
    } catch {
      problems += error.problems
    }
  }
  let start = SourceLocation(file: file, line: 1, column: 1)
  let root: Node?
  do throws(PipelineError) {
    var reader = YAMLReader(try checkedText(bytes, file: file), origin: .file(file))
    root = try reader.document()
    problems += reader.problems
  } catch {
    throw PipelineErrors(error.problem, at: error.location)
  }
  guard let root, !root.isNull else { throw PipelineErrors(.empty, at: start) }
  var reader = PipelineReader(root, kinds: kinds, problems: problems)
  return try reader.read(overrides: given, name: stem(file))
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
