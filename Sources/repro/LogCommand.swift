import ArgumentParser
import Engine
import Glibc
import Store

/// `repro log`: what a stage prints.
struct LogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Print the log of a stage: of the running one, else of the last that ended.")

  @Argument(help: "The stage, as STAGE or PIPELINE/STAGE, or the key of a result.")
  var stage: String

  @Flag(name: .shortAndLong, help: "Go on printing while the stage runs.")
  var follow = false

  @OptionGroup var store: StoreOptions

  func run() async throws {
    let logs = StageLogs(try store.open())
    guard let log = try logs.find(stage) else {
      throw ValidationError(
        "no log of '\(Console.printable(stage, limit: 100))': it did not run, or printed nothing")
    }
    switch log {
    case .recorded(let bytes): Console.write(shown(bytes), to: STDOUT_FILENO)
    case .file(let path, let isRunning): try await print(path, isRunning: isRunning)
    }
  }

  private func print(_ path: String, isRunning: Bool) async throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &buffer, buffer.count)
      if count > 0 {
        Console.write(shown(Array(buffer[..<count])), to: STDOUT_FILENO)
        continue
      }
      // The folder of a stage goes when the stage is done.
      guard follow, isRunning, access(path, F_OK) == 0 else { return }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// On a terminal control characters are shown, not obeyed; elsewhere the log is as it is.
  private func shown(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard Console.outputIsTerminal else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Console.printable(String($0), limit: 100_000) }.joined(separator: "\n")
  }
}
