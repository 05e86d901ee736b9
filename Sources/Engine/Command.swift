import Documents
import Pipelines
import Store

/// What a stage that runs a command does, read back from its resolved config.
struct Command: Sendable {
  enum Call: Sendable {
    /// One line for `sh`.
    case line(String)
    case arguments([String])
  }

  let call: Call
  /// Where the command leaves its outputs, relative to its folder.
  let outputs: [String: String]
  /// Where it finds inputs that do not lie under `inputs/`.
  let places: [String: String]
  let environment: [String: String]
  let params: Value
  let isSandboxed: Bool
  let tools: [String]
  /// The folder, relative to its own, that it finds again as it left it when it was killed.
  let checkpoints: String?

  init?(config: Value) {
    switch config["run"] {
    case .string(let line)?: call = .line(line)
    case .list(let arguments)?: call = .arguments(arguments.compactMap(\.string))
    default: return nil
    }
    outputs = (config["outputs"]?.map ?? [:]).compactMapValues(\.string)
    places = (config["at"]?.map ?? [:]).compactMapValues(\.string)
    environment = (config["env"]?.map ?? [:]).compactMapValues(\.string)
    params = config["params"] ?? [:]
    isSandboxed = config["sandbox"]?.bool ?? true
    checkpoints = config["checkpoints"]?.string
    tools = (config["tools"]?.list ?? []).compactMap(\.string)
  }

  /// Where the command finds an input, relative to its folder.
  func path(ofInput name: String) -> String { places[name] ?? "inputs/\(name)" }

  /// The program and its arguments, references replaced by paths relative to the command's folder.
  var arguments: [String] {
    switch call {
    case .line(let line): ["/bin/sh", "-c", expanded(line, isForShell: true)]
    case .arguments(let arguments): arguments.map { expanded($0, isForShell: false) }
    }
  }

  /// The program, as far as it can be told before `sh` reads the line.
  var program: String? {
    switch call {
    case .arguments(let arguments): arguments.first
    case .line(let line):
      line.split(separator: " ", omittingEmptySubsequences: true).first.map(String.init)
    }
  }

  /// What the variables declared for the command hold.
  var variables: [String: String] {
    environment.mapValues { expanded($0, isForShell: false) }
  }

  private func expanded(_ text: String, isForShell: Bool) -> String {
    commandParts(text).map { part in
      switch part {
      case .text(let text): return text
      case .input(let name): return quoted(path(ofInput: name), isForShell)
      case .output(let name): return quoted(outputs[name] ?? name, isForShell)
      }
    }.joined()
  }

  private func quoted(_ path: String, _ isForShell: Bool) -> String {
    let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+,:@%="
    if !isForShell || path.utf8.allSatisfy(plain.utf8.contains) { return path }
    return "'\(path.replacing("'", with: "'\\''"))'"
  }
}
