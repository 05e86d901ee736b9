import Documents
public import Pipelines

/// One kind of stage: what it takes, what it makes, what its config means, and how it is computed.
///
/// The engine knows kinds only through this protocol; `repro` hands it a ``KindRegistry``.
public protocol StageKind: Sendable {
  /// The kind's own config, decoded from the fields of a stage.
  associatedtype Config: Sendable

  /// The name that a stage's `uses` says.
  static var name: String { get }
  /// Rises whenever the same inputs, config and seed may give other bytes. It is part of every key.
  static var version: Int { get }
  /// One line for `repro stages`.
  static var summary: String { get }
  static var inputs: [KindSignature.Input] { get }
  static var outputs: [KindSignature.Output] { get }
  /// Whether the kind draws random numbers; only then the seed is in the key.
  static var usesSeed: Bool { get }
  /// The version of the arithmetic the kind computes with, or `nil` when it does no float arithmetic.
  static var arithmetic: Int? { get }
  /// Whether the kind brings bytes in from outside, named by their digests: a re-execution takes
  /// them from the store, where every run keeps them, because an address can vanish.
  static var bringsInBytes: Bool { get }

  /// Which states a stage with this config may go on from; `nil` if it keeps none (the default).
  static func resumption(_ config: Config) -> Resumption?

  /// Reads the config: names, types, defaults and ranges of its fields.
  static func read(_ fields: inout FieldReader) -> Config

  /// Computes the stage, in a process of its own: reads `stage.input(…)`, writes `stage.output(…)`.
  static func run(_ config: Config, _ stage: StageContext) async throws
}

extension StageKind {
  public static var version: Int { 1 }
  public static var usesSeed: Bool { false }
  public static var arithmetic: Int? { nil }
  public static var bringsInBytes: Bool { false }
  public static func resumption(_ config: Config) -> Resumption? { nil }

  /// The kind as the pipeline language sees it.
  public static var signature: KindSignature {
    KindSignature(
      name: name, summary: summary, inputs: inputs, outputs: outputs, usesSeed: usesSeed,
      read: { _ = read(&$0) })
  }

  /// Decodes `config`, as the engine resolved it, and computes the stage.
  static func run(resolved config: Value, _ stage: StageContext) async throws {
    try await run(decoded(config), stage)
  }

  static func resumption(resolved config: Value) throws -> Resumption? {
    try resumption(decoded(config))
  }

  private static func decoded(_ config: Value) throws -> Config {
    var fields = FieldReader(value: config)
    let decoded = read(&fields)
    try fields.finish()
    return decoded
  }
}

/// The stage kinds that a program offers.
public struct KindRegistry: Sendable {
  /// In the order given: the order in which `repro stages` lists them.
  public let kinds: [any StageKind.Type]

  public init(_ kinds: [any StageKind.Type]) { self.kinds = kinds }

  public var signatures: [KindSignature] { kinds.map { $0.signature } }

  public func kind(named name: String) -> (any StageKind.Type)? {
    kinds.first { $0.name == name }
  }
}
