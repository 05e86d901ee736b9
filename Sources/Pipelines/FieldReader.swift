public import Documents

/// Decodes one map — a stage's config or a map inside it — field by field.
///
/// It never throws half-way: a field that is wrong is noted with its place and reads as its default,
/// or else as some value in its range, so that one pass finds everything that is wrong. Reading also
/// fills in defaults: `resolved` is the config with every field there is.
///
/// Three things run the same closure of a `KindSignature` through a reader: checking a pipeline file,
/// listing a kind's fields, and decoding the resolved config where the stage runs.
public struct FieldReader {
  /// What a reader is for.
  enum Mode {
    case reading
    /// The map is missing or was already found wrong: read on, say nothing.
    case ignoring
    /// There is no map: note what is asked for.
    case describing
  }

  let mode: Mode
  /// Whose fields these are: `stage 'pretrain'`.
  let owner: String
  /// The names of the maps around this one, outermost first.
  let path: [String]
  /// The place of the map, where a missing field is reported.
  let place: SourceLocation
  private let entries: [Node.Entry]
  private let indices: [String: Int]
  private var known: [String] = []
  private(set) var descriptions: [FieldDescription] = []
  private var resolvedFields: [String: Value] = [:]
  private var keyedFields: [String: Value] = [:]
  private(set) var problems: [PipelineError] = []
  /// Whether a value was wrong, so that a field may hold a stand-in and prove nothing.
  private var hasStandIns = false
  private var complainedAbout: Set<String> = []

  init(
    _ node: Node?, mode: Mode = .reading, owner: String, path: [String] = [], place: SourceLocation
  ) {
    self.mode = mode
    self.owner = owner
    self.path = path
    self.place = place
    entries = node?.entries ?? []
    indices = Dictionary(
      entries.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Reads values resolved before, as they reach the process of a stage; end with `finish()`.
  public init(value: Value) {
    let place = SourceLocation("resolved config")
    let node = Node(value, place: place)
    self.init(node, owner: "the resolved config", place: place)
    if node.entries == nil { reportWrongMap(node, name: nil) }
  }

  static func describing() -> FieldReader {
    FieldReader(nil, mode: .describing, owner: "", place: SourceLocation(""))
  }

  /// The fields read so far, defaults filled in.
  public var resolved: Value { .map(resolvedFields) }

  /// Of those, the fields that belong to the stage's key.
  public var keyed: Value { .map(keyedFields) }

  /// Ends the reading: fields that nobody asked for are unknown.
  ///
  /// - Throws: All that was wrong, in file order.
  public mutating func finish() throws(PipelineErrors) {
    reportUnknownFields()
    if let errors = PipelineErrors(problems) { throw errors }
  }

  /// Notes a complaint that is about more than one field, placed at the value of `name`.
  ///
  /// It goes unheard when a field was wrong in itself: what it is about may then be a stand-in.
  public mutating func fail(_ name: String, _ complaint: String) {
    guard mode == .reading, !hasStandIns, complainedAbout.insert(name).inserted else { return }
    problems.append(
      PipelineError(.unfit(field: full(name), owner, complaint), at: placeOfValue(name)))
  }
}

// MARK: - What the readers of single fields share

extension FieldReader {
  /// The value of a field, if the map has it; from now on the field is a known one.
  mutating func take(_ name: String) -> Node? {
    known.append(name)
    return indices[name].map { entries[$0].node }
  }

  /// All members, for a map whose keys are free; from now on every one is known.
  mutating func takeAll() -> [Node.Entry] {
    known += entries.map(\.key)
    return entries
  }

  mutating func describe(_ description: @autoclosure () -> FieldDescription) {
    if mode == .describing { descriptions.append(description()) }
  }

  mutating func record(_ name: String, _ value: Value, inKey: Bool = true) {
    record(name, resolved: value, keyed: value, inKey: inKey)
  }

  /// Notes the value of a field; `keyed` is the part of it that belongs to the key, if any does.
  mutating func record(_ name: String, resolved: Value, keyed: Value, inKey: Bool = true) {
    resolvedFields[name] = resolved
    if inKey { keyedFields[name] = keyed }
  }

  /// Forgets a field whose value is the one that `other` has of it.
  mutating func omit(_ name: String, ifResolvedAs other: FieldReader) {
    guard resolvedFields[name] == other.resolvedFields[name] else { return }
    resolvedFields[name] = nil
    keyedFields[name] = nil
  }

  /// Notes that a value is wrong, so that the field holds a stand-in from now on.
  mutating func report(_ problem: PipelineError.Problem, at place: SourceLocation) {
    hasStandIns = true
    if mode == .reading { problems.append(PipelineError(problem, at: place)) }
  }

  /// Notes a value that was reported elsewhere.
  mutating func acceptInvalid() { hasStandIns = true }

  mutating func reportMissing(_ name: String, type: String, _ about: String) {
    report(.missingField(full(name), owner, type: type, about), at: place)
  }

  mutating func reportWrongMap(_ node: Node, name: String?) {
    let field = name.map(full) ?? "config"
    report(.wrongType(field: field, owner, expected: "a map", found: node.found), at: node.place)
  }

  mutating func reportUnknownFields() {
    guard mode == .reading else { return }
    let names = Set(known)
    let allowed = known.map(full)
    for entry in entries where !names.contains(entry.key) {
      problems.append(
        PipelineError(
          .unknownField(full(entry.key), owner, allowed: allowed), at: entry.place))
    }
  }

  /// The name with those of the maps around it: `optimizer.sgd.lr`.
  func full(_ name: String) -> String { (path + [name]).joined(separator: ".") }

  func placeOfKey(_ name: String) -> SourceLocation {
    indices[name].map { entries[$0].place } ?? place
  }

  private func placeOfValue(_ name: String) -> SourceLocation {
    indices[name].map { entries[$0].node.place } ?? place
  }

  /// Reads a map inside this one with `body`; none is read as an empty one.
  ///
  /// A silent reading yields stand-ins and says nothing.
  mutating func nested<T>(
    _ node: Node?, path inner: [String], place: SourceLocation, silent: Bool = false,
    _ body: (inout FieldReader) -> T
  ) -> (result: T, reader: FieldReader) {
    let innerMode = mode == .reading && silent ? .ignoring : mode
    var reader = FieldReader(
      node, mode: innerMode, owner: owner, path: path + inner, place: place)
    let result = body(&reader)
    reader.reportUnknownFields()
    problems += reader.problems
    hasStandIns = hasStandIns || reader.hasStandIns
    return (result, reader)
  }
}
