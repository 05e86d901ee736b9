public import Documents

/// A pipeline that was found right: every default filled in, every reference known to lead somewhere.
public struct ResolvedPipeline: Sendable {
  public let name: String
  /// The default of every stage that draws random numbers.
  public let seed: UInt64
  public let params: Value
  /// In file order, each behind the stages that it reads from.
  public let stages: [ResolvedStage]
  /// What it names as its results, in file order; empty where it leaves that to its stages.
  public let results: [ResultSpec]
  /// Which points of a study its results are taken from, if not from all.
  public let choice: ResultChoice?

  /// A pipeline put together from what is on record; `init(value:origin:kinds:)` of its ``value`` checks it.
  public init(
    name: String, seed: UInt64, params: Value, stages: [ResolvedStage], results: [ResultSpec] = [],
    choice: ResultChoice? = nil
  ) {
    self.name = name
    self.seed = seed
    self.params = params
    self.stages = stages
    self.results = results
    self.choice = choice
  }

  /// The whole of it as a document, which `init(value:file:kinds:)` reads back.
  public var value: Value {
    var members: [String: Value] = [
      "name": .string(name),
      "seed": .int(Int64(clamping: seed)),
      "params": params,
      "stages": .list(stages.map(\.value)),
    ]
    let results = results.map(\.value) + (choice.map { [$0.value] } ?? [])
    if !results.isEmpty { members["results"] = .list(results) }
    return .map(members)
  }
}

/// A stage of a resolved pipeline.
public struct ResolvedStage: Sendable {
  public let name: String
  /// The name of its kind; ``CommandFields/kind`` for a stage that runs a command.
  public let kind: String
  public let inputs: [String: InputReference]
  /// What the stage runs with: every field of its kind, nothing else.
  public let config: Value
  /// The part of `config` that belongs to the stage's key.
  public let keyedConfig: Value
  /// At most `Int64.max`; `nil` when the kind draws no random numbers.
  public let seed: UInt64?
  public let limits: StageLimits
  public let reproducible: Reproducibility
  public let location: SourceLocation

  var value: Value {
    var members = limits.parts
    members["name"] = .string(name)
    members["inputs"] = .map(inputs.mapValues { .string($0.description) })
    if kind == CommandFields.kind {
      members.merge(CommandFields.parts(of: config, inputs: inputs)) { _, own in own }
      members["seed"] = .null
      if reproducible != .bitwise { members["reproducible"] = reproducible.value }
    } else {
      members["uses"] = .string(kind)
      members["config"] = config
    }
    if let seed { members["seed"] = .int(Int64(clamping: seed)) }
    return .map(members)
  }
}

extension ResolvedStage {
  /// A stage put together from what is on record.
  public init(
    name: String, kind: String, inputs: [String: InputReference], config: Value, seed: UInt64?,
    limits: StageLimits = StageLimits(), reproducible: Reproducibility = .bitwise
  ) {
    self.name = name
    self.kind = kind
    self.inputs = inputs
    self.config = config
    keyedConfig = config
    self.seed = seed
    self.limits = limits
    self.reproducible = reproducible
    location = SourceLocation("record")
  }

  /// The same by this name and with these inputs.
  func renamed(_ name: String, reading inputs: [String: InputReference]) -> ResolvedStage {
    ResolvedStage(
      name: name, kind: kind, inputs: inputs, config: config, keyedConfig: keyedConfig, seed: seed,
      limits: limits, reproducible: reproducible, location: location)
  }

  /// The same with these inputs.
  public func reading(_ inputs: [String: InputReference]) -> ResolvedStage {
    ResolvedStage(
      name: name, kind: kind, inputs: inputs, config: config, seed: seed, limits: limits,
      reproducible: reproducible)
  }
}
