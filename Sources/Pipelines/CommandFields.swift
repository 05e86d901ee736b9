import Documents

/// What a stage that runs a command says of it: the fields of its resolved config.
///
/// `run` is the command, a line for `sh` or a list of arguments, in which ``commandParts(_:)`` finds
/// the references to inputs and outputs. `outputs` names the paths at which the command leaves them,
/// `at` those at which it finds inputs that do not lie under `inputs/`; all are relative to the
/// folder that it runs in. `env` holds its variables, `params` what it reads from `REPRO_PARAMS`,
/// `tools` the programs whose digests are part of the key, `sandbox` is there only as `false`.
/// `checkpoints`, where it is there, is the folder that the command finds again after it was killed.
public enum CommandFields {
  /// What takes the place of a kind's name. No pipeline file can name it.
  public static let kind = "command"

  /// The parts of a stage in a pipeline file that a config was read from.
  static func parts(of config: Value, inputs: [String: InputReference]) -> [String: Value] {
    var parts: [String: Value] = [:]
    for key in ["run", "outputs", "env", "tools", "checkpoints"] { parts[key] = config[key] }
    parts["config"] = config["params"]
    if config["sandbox"] != nil { parts["sandbox"] = false }
    let places = config["at"]?.map ?? [:]
    parts["inputs"] = .map(
      inputs.reduce(into: [:]) { members, input in
        let from = Value.string(input.value.description)
        members[input.key] = places[input.key].map { ["from": from, "at": $0] } ?? from
      })
    return parts
  }
}
