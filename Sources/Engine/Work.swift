import Pipelines

/// What a stage does: what its kind does, or a command.
enum Work: Sendable {
  case kind(any StageKind.Type)
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
    case .command: CommandFields.kind
    }
  }

  var version: Int {
    switch self {
    case .kind(let kind): kind.version
    case .command: Self.commandVersion
    }
  }

  var outputs: [Output] {
    switch self {
    case .kind(let kind): kind.outputs.map { Output(name: $0.name, isFolder: $0.isFolder) }
    case .command(let command):
      command.outputs.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        .map { Output(name: $0, isFolder: nil) }
    }
  }

  var arithmetic: Int? {
    if case .kind(let kind) = self { kind.arithmetic } else { nil }
  }

  var bringsInBytes: Bool {
    if case .kind(let kind) = self { kind.bringsInBytes } else { false }
  }
}
