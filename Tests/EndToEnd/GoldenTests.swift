import Foundation
import Testing

/// The quick start's results, to the bit, as they were on the machine where this file was made.
@Suite struct GoldenTests {
  private static let path = "\(Workspace.package)/Tests/EndToEnd/Golden/quickstart.txt"

  @Test func `the quick start comes out as it did elsewhere`() async throws {
    let space = try Workspace()
    let run = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    let hash = try #require(run.json()["run"] as? String)
    let lines = try run.digests().sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let found = (["run \(hash)"] + lines).joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["REPRO_WRITE_GOLDEN"] == "1" {
      try found.write(toFile: Self.path, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOfFile: Self.path, encoding: .utf8) == found)
  }
}
