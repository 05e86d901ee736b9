import Foundation
import Subprocess
import SystemPackage
import Testing

/// A scratch folder and the built program to run in it.
struct Workspace: ~Copyable {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "repro-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path(percentEncoded: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// What a finished program left behind.
  struct Result {
    /// The exit code; a signal counts as 128 and its number.
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs `repro` here and waits for its end.
  func repro(_ arguments: String..., environment: [String: String] = [:]) async throws -> Result {
    try await repro(arguments, environment: environment)
  }

  func repro(_ arguments: [String], environment: [String: String] = [:]) async throws -> Result {
    try await execute("repro", arguments, environment: environment)
  }

  /// Runs a program of the package here and waits for its end.
  func execute(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) async throws -> Result {
    var changes = try Dictionary(
      uniqueKeysWithValues: Self.settings.map {
        (try #require(Environment.Key(rawValue: $0)), String?.none)
      })
    // Tens of megabytes for each store; the tests that are about it ask for it.
    changes["REPRO_KEEP_ENGINE"] = "off"
    for (name, value) in environment {
      changes[try #require(Environment.Key(rawValue: name))] = value
    }
    let (folder, environment) = (path, Environment.inherit.updating(changes))
    let result = try await Slots.shared.using {
      try await run(
        .path(FilePath(Self.built(program))), arguments: Arguments(arguments),
        environment: environment, workingDirectory: FilePath(folder),
        output: .string(limit: 1 << 24), error: .string(limit: 1 << 24))
    }
    let status: Int32 =
      switch result.terminationStatus {
      case .exited(let code): Int32(code)
      case .signaled(let signal): 128 + Int32(signal)
      }
    return Result(
      status: status, output: result.standardOutput, errors: result.standardError)
  }

  static let program = built("repro")

  /// The settings of whoever runs the tests, which are not for the programs that they start: their cache least of all.
  private static let settings = [
    "REPRO_CACHE", "REPRO_KEEP_ENGINE", "REPRO_KERNELS", "REPRO_MIRROR",
  ]

  /// The environment without them, for programs that a test starts by itself.
  static let environment = ProcessInfo.processInfo.environment.filter {
    !settings.contains($0.key)
  }

  /// A program that `swift build` put beside the tests.
  private static func built(_ name: String) -> String {
    let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    return tests.appending(path: name).path(percentEncoded: false)
  }

  /// The top of the package.
  static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path(percentEncoded: false)

  static let quickstart = "\(package)/pipelines/quickstart.yaml"

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  func read(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: "\(path)/\(name)"))
  }
}

extension Workspace.Result {
  /// Standard output as JSON.
  func json() throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
    return try #require(object as? [String: Any])
  }

  /// Of a run's document: the digest of every output of every stage.
  func digests() throws -> [String: String] {
    var digests: [String: String] = [:]
    for case let stage as [String: Any] in try #require(json()["stages"] as? [Any]) {
      let name = try #require(stage["name"] as? String)
      for (output, content) in try #require(stage["outputs"] as? [String: [String: Any]]) {
        digests["\(name).\(output)"] = content["digest"] as? String
      }
    }
    return digests
  }

  /// Of a run's document: the stages that were executed, in order.
  func executed() throws -> [String] {
    try #require(json()["stages"] as? [[String: Any]])
      .filter { $0["status"] as? String == "executed" }.compactMap { $0["name"] as? String }
  }
}
