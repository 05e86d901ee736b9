import ArgumentParser

/// The program: parses the command line, runs one command, turns every error into a message and a code.
@main
struct Repro: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repro",
    abstract: "Run machine-learning experiments that can be run again, to the last bit.",
    version: Version.current,
    subcommands: [
      RunCommand.self, RerunCommand.self, PlanCommand.self, GraphCommand.self, AcceptCommand.self,
      LogCommand.self, RunsCommand.self, ShowCommand.self, DiffCommand.self, ResultsCommand.self,
      CompareCommand.self, AuditCommand.self,
      TestResumeCommand.self,
      ReportCommand.self, ExportCommand.self, ImportCommand.self, ChallengeCommand.self,
      VerdictsCommand.self,
      CacheCommand.self, StagesCommand.self, JobCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asyncCommand = command as? any AsyncParsableCommand {
        try await asyncCommand.run()
      } else {
        try command.run()
      }
    } catch {
      ExitStatus(of: error).leave(saying: error)
    }
  }
}

enum Version {
  /// The version in CHANGELOG.md.
  static let current = "0.1.0"
}
