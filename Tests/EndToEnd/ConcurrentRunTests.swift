import Foundation
import Glibc
import Testing

/// Several runs on one cache, collections beside them, and kills: each stage is computed once, no
/// byte is wrong, nothing is lost.
@Suite struct ConcurrentRunTests {
  /// Twelve stages, of which each leaves a line in a file outside whenever it is computed.
  private static func pipeline(counting file: String, seconds: Double = 0.05) -> String {
    func stage(_ name: String, _ inputs: [String]) -> String {
      let reads = inputs.map { "i\($0): \($0).o" }.joined(separator: ", ")
      let files = inputs.map { "${inputs.i\($0)}" }.joined(separator: " ")
      return
        "  \(name): { run: 'echo \(name) >> \(file); sleep \(seconds); (echo \(name); cat \(files) < /dev/null) > o', "
        + "sandbox: off, seed: null, inputs: { \(reads) }, outputs: { o: o } }"
    }
    return
      (["name: twelve", "stages:", stage("a", []), stage("b", []), stage("c", [])]
      + [stage("d", ["a"]), stage("e", ["a", "b"]), stage("f", ["c"]), stage("g", ["d", "e"])]
      + [stage("h", ["f"]), stage("i", ["g", "h"]), stage("j", ["i"]), stage("k", ["i"])]
      + [stage("l", ["j", "k"])]).joined(separator: "\n") + "\n"
  }

  private func start(_ arguments: [String], in folder: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: Workspace.program)
    process.environment = Workspace.environment
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private func lines(_ path: String) -> [String] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  private func hasStore(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/cache/objects")
  }

  @Test func `eight runs at once compute each stage once, beside collections`() async throws {
    let space = try Workspace()
    let count = "\(space.path)/count"
    try space.write("p.yaml", Self.pipeline(counting: count))
    let runs = try (0..<8).map { _ in
      try start(["run", "p.yaml", "--jobs", "4"], in: space.path)
    }
    var collections = 0
    while runs.contains(where: \.isRunning) {
      // Waits for the runs; what they made is of a run by then, or kept for being younger.
      let isThere = hasStore(space.path)
      let collect = try await space.repro("cache", "gc")
      #expect(collect.status == 0 || !isThere, "\(collect.errors)")
      collections += 1
      try await Task.sleep(for: .milliseconds(20))
    }
    for run in runs {
      run.waitUntilExit()
      #expect(run.terminationStatus == 0)
    }
    #expect(collections > 0)
    #expect(lines(count).sorted() == "abcdefghijkl".map(String.init))
    let verify = try await space.repro("cache", "verify")
    #expect(verify.status == 0, "\(verify.output)")
    let last = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(try last.executed() == [])
  }

  /// Random kills miss windows of microseconds; CrashTests of the store hit those one by one.
  @Test func `runs killed at random times lose nothing and mix up nothing`() async throws {
    let kills = Int(ProcessInfo.processInfo.environment["REPRO_KILLS"] ?? "") ?? 40
    let expected = try await plainDigests(of: "p.yaml")
    let space = try Workspace()
    var random = SystemRandomNumberGenerator()
    var round = 0
    var killed = 0
    while killed < kills {
      round += 1
      let count = "\(space.path)/count\(round)"
      // Another file to count in makes other keys: the twelve are computed anew.
      try space.write("p.yaml", Self.pipeline(counting: count, seconds: 0.02))
      var isDone = false
      while !isDone && killed < kills {
        let run = try start(["run", "p.yaml", "--jobs", "4"], in: space.path)
        let end = ContinuousClock.now + .microseconds(Int.random(in: 0..<400_000, using: &random))
        while run.isRunning && ContinuousClock.now < end { usleep(500) }
        if run.isRunning {
          kill(run.processIdentifier, SIGKILL)
          killed += 1
        }
        run.waitUntilExit()
        isDone = run.terminationReason == .exit && run.terminationStatus == 0
      }
      // A run may have been killed before it came to make one.
      let isThere = hasStore(space.path)
      let verify = try await space.repro("cache", "verify")
      #expect(
        verify.status == 0 || !isThere, "after \(killed) kills: \(verify.output)\(verify.errors)")
      let whole = try await space.repro("run", "p.yaml", "--format", "json")
      try #require(whole.status == 0, "\(whole.errors)")
      #expect(try whole.digests() == expected)
      let next = try await space.repro("run", "p.yaml", "--format", "json")
      #expect(try next.executed() == [])
    }
    let collect = try await space.repro("cache", "gc")
    #expect(collect.status == 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(space.path)/cache/work")
    #expect(left.filter { !$0.hasPrefix(".") } == [])
  }

  private func plainDigests(of file: String) async throws -> [String: String] {
    let space = try Workspace()
    try space.write(file, Self.pipeline(counting: "/dev/null", seconds: 0))
    let run = try await space.repro("run", file, "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    return try run.digests()
  }

  @Test func `a waiter says for whom it waits, and takes over at once from one that is killed`()
    async throws
  {
    let space = try Workspace()
    let (count, gate) = ("\(space.path)/count", "\(space.path)/gate")
    try space.write(
      "p.yaml",
      "stages:\n  slow: { run: 'echo x >> \(count); until test -e \(gate) || ! test -d \(space.path); do sleep 0.05; done; echo 1 > o', sandbox: off, outputs: { o: o } }\n"
    )
    for round in 1...2 {
      try? FileManager.default.removeItem(atPath: gate)
      let first = try WatchedProcess(["run", "p.yaml", "--force", "slow"], in: space.path)
      while let line = first.nextLine(), !line.contains("started") {}
      let second = try WatchedProcess(["run", "p.yaml", "--force", "slow"], in: space.path)
      var waits = ""
      while let line = second.nextLine() {
        waits = line
        if line.contains("waits for") { break }
      }
      #expect(waits.contains("process \(first.identifier)"), "\(waits)")
      kill(first.identifier, SIGKILL)
      let killed = ContinuousClock.now
      while let line = second.nextLine(), !line.contains("started") {}
      // Not for want of a sign of life: that would take longer than a loaded machine does.
      #expect(ContinuousClock.now - killed < .seconds(10))
      try space.write("gate", "")
      #expect(second.wait() == 0)
      first.wait()
      #expect(lines(count).count == 2 * round)
    }
  }

  @Test func `a collection beside a run takes nothing that the run has found`() async throws {
    let space = try Workspace()
    try space.write(
      "p.yaml",
      """
      stages:
        a: { run: "echo a > o", outputs: { o: o } }
        slow: { run: "sleep 1; cat ${inputs.a} > o", inputs: { a: a.o }, outputs: { o: o } }
        late: { run: "cat ${inputs.a} ${inputs.s} > o", inputs: { a: a.o, s: slow.o }, outputs: { o: o } }
      """)
    let run = try WatchedProcess(["run", "p.yaml"], in: space.path)
    while let line = run.nextLine(), !line.contains("slow") {}
    // `a` has no run yet, and is read again a second later.
    let collect = try await space.repro("cache", "gc", "--keep-runs", "0")
    #expect(collect.status == 0, "\(collect.errors)")
    #expect(run.wait() == 0)
  }

  @Test(arguments: [
    "object-written", "object-renamed", "result-recorded", "lookup-done", "lock-taken",
  ])
  func `a run that dies at a named point is completed by the next`(point: String) async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline(counting: "/dev/null", seconds: 0))
    let expected = try await plainDigests(of: "p.yaml")
    let crashed = try await space.repro(
      ["run", "p.yaml"], environment: ["REPRO_TEST_CRASH": point])
    #expect(crashed.status == 128 + SIGKILL)
    let verify = try await space.repro("cache", "verify")
    #expect(verify.status == 0, "\(verify.output)")
    let next = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(try next.digests() == expected, "\(next.errors)")
  }
}
