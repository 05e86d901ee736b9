import Foundation
import Testing

/// Arguments that mean harm: each is a wrong request, said to be one, and nothing happens.
@Suite struct HostileArgumentTests {
  /// What is no hash, name, number or path of anything.
  private static let junk = [
    "../x", "../../etc/passwd", "/etc/passwd", String(repeating: "a", count: 5_000), "%s%n%x", "'",
    "\"; DROP TABLE objects; --", "$(touch canary)", "`touch canary`", "a b", "*", "?", "\\", "0",
    "g", "\u{e9}", "\u{202e}x", "-1", "0x10", "deadbeef\n", "~",
  ]

  /// What stands before the junk of a command, and what behind.
  private static let commands: [(before: [String], after: [String])] = [
    (["show"], []), (["rerun"], []), (["log"], []), (["cache", "show"], []),
    (["cache", "why"], []), (["cache", "pin"], []), (["cache", "unpin"], []),
    (["cache", "verify"], []), (["cache", "ls", "--run"], []), (["cache", "ls", "--larger"], []),
    (["cache", "ls", "--older"], []), (["cache", "ls", "--sort"], []),
    (["cache", "gc", "--budget"], []), (["cache", "gc", "--keep-runs"], []), (["cache", "du"], []),
    (["runs"], []), (["plan"], []), (["run"], []), (["plan", "p.yaml", "--set"], []),
    (["run", "p.yaml", "--set"], []), (["run", "p.yaml", "--jobs"], []),
    (["run", "p.yaml", "--threads"], []), (["run", "p.yaml", "--memory"], []),
    (["run", "p.yaml", "--retries"], []), (["run", "p.yaml", "--force"], []),
    (["accept", "p.yaml"], ["--because", "x"]),
    (["accept"], ["a", "--because", "x"]), (["runs", "--format"], []), (["stages"], []),
    (["execute-job"], []), (["export"], ["out.tar"]), (["import"], []), (["challenge"], []),
    (["verdicts"], []), (["results"], []), (["results", "p.yaml", "--over"], []),
    (["results", "--format"], []), (["compare"], ["p.yaml"]),
    (["compare", "p.yaml", "--over"], []), (["compare", "p.yaml", "p.yaml", "--metric"], []),
  ]

  /// What is right for one of the commands, or wrong in a way that is no fault of the request.
  private static let isFine: Set<String> = [
    "run --retries 0", "cache gc --keep-runs 0", "cache ls --larger 0", "cache gc --budget 0",
  ]

  @Test func `every hostile argument is a wrong request`() async throws {
    let space = try Workspace()
    try space.write("p.yaml", "stages:\n  a: { run: 'echo 1 > o', outputs: { o: o } }\n")
    let run = try await space.repro("run", "p.yaml")
    try #require(run.status == 0, "\(run.errors)")
    try space.write("canary", "alive")
    let before = Canaries(below: space.path)
    for (index, command) in Self.commands.enumerated() {
      // Each command meets a fourth of the junk: all of it would take minutes.
      for (number, junk) in Self.junk.enumerated() where (index + number).isMultiple(of: 4) {
        let arguments = command.before + [junk] + command.after
        let line = (command.before.filter { $0 != "p.yaml" } + [junk]).joined(separator: " ")
        if Self.isFine.contains(line) { continue }
        let result = try await space.repro(arguments)
        let codes: Set<Int32> = command.before == ["execute-job"] ? [1, 2] : [2]
        #expect(result.faults(allowing: codes) == [], "\(line.prefix(200))")
        #expect(result.output == "" && result.errors.utf8.count < 8_000, "\(line.prefix(200))")
      }
    }
    let changes = Canaries(below: space.path).changes(since: before)
    #expect(changes.allSatisfy { $0.hasPrefix("cache") }, "\(changes)")
  }

  @Test(arguments: [["runs"], ["cache", "ls", "--sort"], ["run", "p.yaml", "--retries"]])
  func `control characters of arguments are shown, not obeyed`(before: [String]) async throws {
    let space = try Workspace()
    let result = try await space.repro(before + ["\u{1b}[31mred\u{7}"])
    #expect(result.status == 2)
    #expect(result.faults(allowing: [2]) == [])
  }

  @Test func `plan forces no stage that is not there`() async throws {
    let space = try Workspace()
    try space.write("p.yaml", "stages:\n  a: { run: 'echo 1 > o', outputs: { o: o } }\n")
    let result = try await space.repro("plan", "p.yaml", "--force", "../x")
    #expect(result.status == 2)
  }

  @Test(arguments: [
    [], ["cache"], ["show"], ["show", ""], ["rerun", ""], ["log", ""], ["cache", "show", ""],
    ["cache", "pin", ""], ["cache", "unpin", ""], ["cache", "why", ""], ["plan", ""], ["run", ""],
    ["plan", "p.yaml", "--set", ""], ["plan", "p.yaml", "--cache", ""], ["stages", ""],
    ["accept", "p.yaml", "", "--because", "x"], ["accept", "p.yaml", "a", "--because", " "],
  ])
  func `an empty argument is a wrong request or none`(arguments: [String]) async throws {
    let space = try Workspace()
    try space.write("p.yaml", "stages:\n  a: { run: 'echo 1 > o', outputs: { o: o } }\n")
    let result = try await space.repro(arguments)
    #expect(result.faults(allowing: [0, 1, 2]) == [], "\(arguments)")
  }
}
