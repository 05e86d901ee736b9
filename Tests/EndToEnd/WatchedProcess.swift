import Foundation

/// A running `repro` whose standard error is read line by line while it runs.
final class WatchedProcess {
  private let process = Process()
  private let pipe = Pipe()
  private var rest = Data()

  init(_ arguments: [String], in folder: String) throws {
    process.executableURL = URL(filePath: Workspace.program)
    process.arguments = arguments
    process.environment = Workspace.environment.merging(
      ["REPRO_KEEP_ENGINE": "off"]) { $1 }
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = pipe
    try process.run()
  }

  var identifier: Int32 { process.processIdentifier }

  /// The next whole line, or `nil` when the process has closed its standard error.
  func nextLine() -> String? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: rest[..<end], as: UTF8.self)
        rest = Data(rest[rest.index(after: end)...])
        return line
      }
      let more = pipe.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      rest.append(more)
    }
  }

  /// Waits for the end and returns the exit code, or the signal's number.
  @discardableResult
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
