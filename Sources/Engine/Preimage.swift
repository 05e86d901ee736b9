public import Documents
import Pipelines
public import Store

/// Everything that determines a stage's result, as a canonical document; its digest is the stage key.
///
/// Stage and pipeline names, paths, thread counts, times and hosts are not in it. One function
/// writes it; key, explanation and difference read what it wrote.
public struct Preimage: Sendable {
  public let canonicalBytes: [UInt8]
  /// XXH3-128 of the canonical bytes.
  public let key: Digest

  /// The preimage of a stage of a kind, whose inputs' contents are known.
  public init(
    kind: any StageKind.Type, config: Value, seed: UInt64?, inputs: [String: Content]
  ) {
    self.init(work: .kind(kind), config: config, seed: seed, inputs: inputs, tools: [:])
  }

  /// The preimage of a stage; `tools` are the programs that a command declares.
  init(
    work: Work, config: Value, seed: UInt64?, inputs: [String: Content], tools: [String: Value]
  ) {
    var members: [String: Value] = [
      "type": "stage",
      "kind": .string(work.name),
      "version": .int(Int64(work.version)),
      "config": config,
      "inputs": .map(inputs.mapValues(\.identity)),
      "outputs": .list(work.outputs.map { .string($0.name) }),
    ]
    if !tools.isEmpty { members["tools"] = .map(tools) }
    if let arithmetic = work.arithmetic { members["arithmetic"] = .int(Int64(arithmetic)) }
    // Seeds reach 2^64 - 1, integers of documents 2^63 - 1.
    if let seed { members["seed"] = .string(String(seed)) }
    self.init(value: .map(members))
  }

  /// Reads back a stored preimage.
  public init(value: Value) {
    canonicalBytes = value.canonicalBytes
    key = Digest(hashing: canonicalBytes)
  }

  /// The document, read anew at each call: what is asked of a preimage most is its key.
  public var value: Value { (try? Value(recorded: canonicalBytes)) ?? .null }

  public var kind: String? { value["kind"]?.string }
  public var version: Int? { value["version"]?.int.map { Int(clamping: $0) } }
  public var config: Value? { value["config"] }
  /// The digests of the programs that a command declares, as they stand in the preimage.
  var tools: [String: Value] { value["tools"]?.map ?? [:] }
  public var seed: UInt64? { value["seed"]?.string.flatMap(UInt64.init) }
}

extension Content {
  /// What of an input enters a key: its two digests, from which the size follows, and whether they are
  /// those of a folder's list, which a file may hold too.
  var identity: Value {
    var members: [String: Value] = [
      "xxh3": .string(digest.description), "sha256": .string(sha256.description),
    ]
    if kind == .tree { members["kind"] = .string(kind.rawValue) }
    return .map(members)
  }
}

extension Store {
  /// The preimage that a recorded result was computed from.
  public func preimage(_ digest: Digest) throws -> Preimage {
    guard let value = try? Value(canonical: bytes(of: digest)), value["type"]?.string == "stage"
    else { throw EngineError.malformedPreimage(digest) }
    return Preimage(value: value)
  }
}
