import Foundation
import Glibc
import Testing

/// What is hashed is what a stage read, and what is stored is what was hashed, whoever writes meanwhile.
@Suite struct InputTests {
  private func text(_ output: String, of run: Workspace.Result, in folder: String) throws -> String
  {
    let digest = try #require(run.digests()[output], "\(run.errors)")
    return try String(
      contentsOfFile: "\(folder)/cache/objects/\(digest.prefix(2))/\(digest.dropFirst(2))",
      encoding: .utf8)
  }

  @Test func `a file that is rewritten under its stage, with its size and times, is another input`()
    async throws
  {
    let space = try Workspace()
    try space.write("data", "old")
    let data = "\(space.path)/data"
    try space.write(
      "p.yaml",
      """
      stages:
        s:
          run: "touch -r \(data) stamp; printf new > \(data); touch -r stamp \(data); cat ${inputs.d} > o"
          sandbox: off
          inputs: { d: file:data }
          outputs: { o: o }
      """)
    let first = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(try text("s.o", of: first, in: space.path) == "old")
    let second = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(try second.executed() == ["s"])
    #expect(try text("s.o", of: second, in: space.path) == "new")
    let third = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(try third.executed() == [])
  }

  @Test func `what a process left behind writes later is in no object`() async throws {
    let space = try Workspace()
    let place = space.path
    try space.write(
      "p.yaml",
      """
      stages:
        s:
          run: |
            echo now > o
            ln o link
            setsid sh -c 'exec 3>>o 4>>link; echo up > \(place)/up; until test -e \(place)/go || ! test -d \(place); do sleep 0.05; done; echo late >&3; echo late >&4; echo end > \(place)/end' > /dev/null 2>&1 &
            while ! test -e \(place)/up; do sleep 0.01; done
          sandbox: off
          outputs: { o: o }
      """)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    // It writes now, unless the run has ended it.
    try space.write("go", "")
    for _ in 0..<40 where !FileManager.default.fileExists(atPath: "\(space.path)/end") {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(try text("s.o", of: run, in: space.path) == "now\n")
    #expect(try await space.repro("cache", "verify").status == 0)
    let again = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(try again.executed() == [])
    #expect(try again.digests() == run.digests())
  }

  @Test(arguments: ["on", "off"])
  func `what a stage leaves running in its process group ends with it`(sandbox: String) async throws
  {
    let space = try Workspace()
    let place = space.path
    try space.write(
      "p.yaml",
      """
      stages:
        s:
          run: "sh -c 'while sleep 0.2; do :; done' \(place) & echo 1 > o"
          sandbox: \(sandbox)
          outputs: { o: o }
      """)
    let run = try await space.repro("run", "p.yaml")
    #expect(run.status == 0, "\(run.errors)")
    func left() -> [String] {
      let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return all.filter { process in
        let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        return Int(process) != nil && String(decoding: line, as: UTF8.self).contains(place)
      }
    }
    let end = ContinuousClock.now + .seconds(10)
    while !left().isEmpty, ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(left() == [])
    for process in left() { kill(Int32(process) ?? 0, SIGKILL) }
  }

  @Test func `a stage reads nothing of what is typed or piped into repro`() async throws {
    let space = try Workspace()
    try space.write("p.yaml", "stages:\n  s: { run: cat > o, outputs: { o: o } }\n")
    let process = Process()
    process.executableURL = URL(filePath: Workspace.program)
    process.environment = Workspace.environment
    process.arguments = ["run", "p.yaml", "--format", "json"]
    process.currentDirectoryURL = URL(filePath: space.path)
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data("typed".utf8))
    try input.fileHandleForWriting.close()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let run = Workspace.Result(
      status: process.terminationStatus, output: String(decoding: said, as: UTF8.self), errors: "")
    #expect(run.status == 0)
    #expect(try text("s.o", of: run, in: space.path) == "")
  }

  @Test func `what lies behind a link on the way to an output is no output`() async throws {
    let space = try Workspace()
    try space.write(
      "p.yaml",
      "stages:\n  s: { run: rmdir d && ln -s /etc d, outputs: { o: d/passwd } }\n")
    let run = try await space.repro("run", "p.yaml")
    #expect(run.status == 1)
    #expect(run.errors.contains("link"), "\(run.errors)")
    #expect(try await space.repro("cache", "ls", "--format", "json").output == "[]\n")
  }
}
