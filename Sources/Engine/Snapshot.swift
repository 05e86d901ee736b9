public import Documents
public import Pipelines
public import Store

/// A whole run as a canonical document: every stage's preimage and where its inputs come from.
///
/// No time, host, build, path or pipeline name is in it: its digest, the **run hash**, is the same
/// wherever the same experiment is run. External files stand in it by content; their bytes are
/// stored too.
public struct Snapshot: Sendable {
  /// Where an input of a stage comes from.
  public enum Source: Hashable, Sendable {
    case output(stage: String, output: String, item: String?)
    case file(Content)
  }

  public struct Stage: Sendable {
    public let name: String
    public let preimage: Preimage
    public let inputs: [String: Source]
    /// What counts as the same when the stage is executed again.
    public let reproducible: Reproducibility

    public init(
      name: String, preimage: Preimage, inputs: [String: Source],
      reproducible: Reproducibility = .bitwise
    ) {
      self.name = name
      self.preimage = preimage
      self.inputs = inputs
      self.reproducible = reproducible
    }
  }

  /// In an order in which they can be executed: inputs first, then by name.
  public let stages: [Stage]

  public init(stages: [Stage]) { self.stages = Self.ordered(stages) }

  /// XXH3-128 of the canonical bytes.
  public var runHash: Digest { Digest(hashing: canonicalBytes) }

  /// The canonical bytes of the map of `type`, `format` and, by their names, `stages`: each a map of
  /// `preimage`, `inputs` and, where it is not bitwise, `reproducible`.
  public var canonicalBytes: [UInt8] {
    let members = stages.map { stage in
      let inputs: Value = .map(stage.inputs.mapValues(\.value))
      var members = [
        ("preimage", stage.preimage.canonicalBytes), ("inputs", inputs.canonicalBytes),
      ]
      if stage.reproducible != .bitwise {
        members.append(("reproducible", stage.reproducible.value.canonicalBytes))
      }
      return (stage.name, Value.canonicalMap(members))
    }
    return Value.canonicalMap([
      ("type", Value.string("snapshot").canonicalBytes), ("format", Value.int(1).canonicalBytes),
      ("stages", Value.canonicalMap(members)),
    ])
  }

  /// Reads a snapshot back; `nil` when the document is none, or names what no pipeline file could.
  public init?(value: Value) {
    guard value["type"]?.string == "snapshot", value["format"]?.int == 1,
      let members = value["stages"]?.map
    else { return nil }
    var stages: [Stage] = []
    for (name, stage) in members {
      guard let preimage = stage["preimage"], let inputs = stage["inputs"]?.map else { return nil }
      var sources: [String: Source] = [:]
      for (input, source) in inputs {
        guard let source = Source(value: source) else { return nil }
        sources[input] = source
      }
      guard let reproducible = Reproducibility(value: stage["reproducible"] ?? "bitwise") else {
        return nil
      }
      let stage = Stage(
        name: name, preimage: Preimage(value: preimage), inputs: sources,
        reproducible: reproducible)
      guard stage.couldBeWritten else { return nil }
      stages.append(stage)
    }
    self.init(stages: stages)
  }

  /// Inputs before their readers; among those that are ready, by name. Stages of a cycle are left out.
  private static func ordered(_ stages: [Stage]) -> [Stage] {
    let named = stages.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let numbers = Dictionary(
      named.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let sources = named.map { stage in stage.upstream.map { numbers[$0] } }
    var readers = [[Int]](repeating: [], count: named.count)
    var waitsFor = sources.map(\.count)
    for (reader, sources) in sources.enumerated() {
      for case let source? in sources { readers[source].append(reader) }
    }
    var ready = PriorityQueue<Int>(<)
    for stage in named.indices where waitsFor[stage] == 0 { ready.insert(stage) }
    var order: [Stage] = []
    while let stage = ready.popFirst() {
      order.append(named[stage])
      for reader in readers[stage] {
        waitsFor[reader] -= 1
        if waitsFor[reader] == 0 { ready.insert(reader) }
      }
    }
    return order
  }
}

extension Snapshot.Stage {
  /// The stages whose outputs this one reads.
  var upstream: Set<String> {
    var names: Set<String> = []
    for case .output(let stage, _, _) in inputs.values { names.insert(stage) }
    return names
  }
}

extension Snapshot.Source {
  fileprivate var value: Value {
    switch self {
    case .output(let stage, let output, let item):
      [
        "stage": .string(stage), "output": .string(output),
        "item": item.map(Value.string) ?? .null,
      ]
    case .file(let content): ["file": content.value]
    }
  }

  fileprivate init?(value: Value) {
    if let stage = value["stage"]?.string, let output = value["output"]?.string {
      self = .output(stage: stage, output: output, item: value["item"]?.string)
    } else if let content = value["file"].flatMap({ try? Content(value: $0) }) {
      self = .file(content)
    } else {
      return nil
    }
  }
}

extension Store {
  /// The snapshot of a recorded run.
  public func snapshot(_ runHash: Digest) throws -> Snapshot {
    guard let value = try? Value(canonical: bytes(of: runHash)),
      let snapshot = Snapshot(value: value)
    else { throw EngineError.malformedSnapshot(runHash) }
    return snapshot
  }
}
