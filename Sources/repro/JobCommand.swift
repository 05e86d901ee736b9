import ArgumentParser
import Engine
import Stages

/// The child's side of a stage: what executors start. Not for people.
struct JobCommand: AsyncParsableCommand {
  static let name = "execute-job"
  static let configuration = CommandConfiguration(commandName: name, shouldDisplay: false)

  @Argument var jobFile: String

  func run() async throws {
    guard try await StageProcess.run(jobFile: jobFile, kinds: .builtIn) else {
      throw ExitStatus.Exit(status: .failed)
    }
  }
}
