import Documents
import Pipelines
import Store

/// What a stage does: what its kind does, what another program's kind did, or a command.
enum Work: Sendable {
  case kind(any StageKind.Type)
  case recorded(RecordedKind)
  case command(Command)

  struct Output: Sendable {
    let name: String
    /// `nil` where the stage decides.
    let isFolder: Bool?
  }

  /// The version of what a command's preimage and surroundings mean.
  static let commandVersion = 1

  /// The name that stands in preimages, with its version.
  var name: String {
    switch self {
    case .kind(let kind): kind.name
    case .recorded(let kind): kind.name
    case .command: CommandFields.kind
    }
  }

  var version: Int {
    switch self {
    case .kind(let kind): kind.version
    case .recorded(let kind): kind.version
    case .command: Self.commandVersion
    }
  }

  var outputs: [Output] {
    switch self {
    case .kind(let kind): kind.outputs.map { Output(name: $0.name, isFolder: $0.isFolder) }
    case .recorded(let kind): kind.outputs
    case .command(let command):
      command.outputs.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        .map { Output(name: $0, isFolder: nil) }
    }
  }

  var arithmetic: Int? {
    switch self {
    case .kind(let kind): kind.arithmetic
    case .recorded(let kind): kind.arithmetic
    case .command: nil
    }
  }

  var bringsInBytes: Bool {
    switch self {
    case .kind(let kind): kind.bringsInBytes
    case .recorded(let kind): kind.bringsInBytes
    case .command: false
    }
  }

  /// Which states a stage with this config may go on from.
  func resumption(_ config: Value) throws -> Resumption? {
    switch self {
    case .kind(let kind): try kind.resumption(resolved: config)
    // Who knows what another program goes on from.
    case .recorded: nil
    case .command(let command): command.checkpoints.map { _ in .sameConfig }
    }
  }
}

/// A kind as a record has it: of a program that need not be this one.
struct RecordedKind: Sendable {
  let name: String
  let version: Int
  let arithmetic: Int?
  let outputs: [Work.Output]
  let bringsInBytes: Bool

  /// `contents` are the outputs on record: which of them are folders is not in the preimage.
  init(_ preimage: Preimage, contents: [String: Content], bringsInBytes: Bool) {
    name = preimage.kind ?? ""
    version = preimage.version ?? 0
    arithmetic = preimage.value["arithmetic"]?.int.map { Int(clamping: $0) }
    let names = (preimage.value["outputs"]?.list ?? []).compactMap(\.string)
    outputs = names.map { name in
      Work.Output(name: name, isFolder: contents[name].map { $0.kind == .tree })
    }
    self.bringsInBytes = bringsInBytes
  }
}
