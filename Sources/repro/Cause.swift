import Engine

extension RerunReport.Cause {
  /// In words.
  var text: String {
    switch self {
    case .disagreesWithItself:
      "cause: the command is not deterministic: executed twice now, it gave two different results"
    case .tools(let names):
      "cause: not the recorded programs: \(names.joined(separator: ", "))"
    case .undeclared:
      "likely cause: the command agrees with itself now, so it reads what it does not declare: "
        + "a file, the time, the host"
    case .engine(let recorded):
      "likely cause: another engine: recorded by repro \(recorded)"
    case .recordOrMachine:
      "likely cause: the record or this machine: the same engine computed it; see 'repro cache verify'"
    }
  }
}
