import Foundation
import Glibc
import Testing

/// Sweeps by the built program: what is computed, what is shared, what a failure or a kill leaves.
@Suite struct SweepTests {
  /// A stage that all points share, one a rate, one a point; each leaves a line whenever it is computed. The one of
  /// rate `bad` fails.
  private static func pipeline(counting file: String, bad: String = "none", wait: Double = 0)
    -> String
  {
    """
    name: swept
    seed: 1
    params: { rate: 0.1 }
    sweep: { rate: [0.1, 0.2] }
    stages:
      data:
        run: 'echo data >> \(file); echo data > o'
        outputs: { o: o }
        seed: null
        sandbox: off
      noise:
        run: 'echo noise ${params.rate} >> \(file); test ${params.rate} != \(bad) && echo ${params.rate} > o'
        inputs: { data: data.o }
        outputs: { o: o }
        seed: null
        sandbox: off
      train:
        run: 'echo train ${params.rate} $REPRO_SEED >> \(file); sleep \(wait); cat ${inputs.noise} > o; echo $REPRO_SEED >> o'
        inputs: { noise: noise.o }
        outputs: { o: o }
        sandbox: off
    """
  }

  private func lines(_ path: String) -> [String] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init).sorted()
  }

  @Test func `what points share is computed once, and a further seed costs its own stages`()
    async throws
  {
    let space = try Workspace()
    let count = "\(space.path)/count"
    try space.write("p.yaml", Self.pipeline(counting: count))
    let two = try await space.repro("run", "p.yaml", "--sweep", "seed=1..2", "--format", "json")
    #expect(two.status == 0, "\(two.errors)")
    #expect(try two.json()["executed"] as? Int == 7 && two.json()["reused"] as? Int == 0)
    let first = [
      "data", "noise 0.1", "noise 0.2", "train 0.1 1", "train 0.1 2", "train 0.2 1", "train 0.2 2",
    ]
    #expect(lines(count) == first)
    let plan = try await space.repro("plan", "p.yaml", "--sweep", "seed=1..3")
    #expect(plan.output.contains("2 to run; 7 from cache"), "\(plan.output)")
    let three = try await space.repro("run", "p.yaml", "--sweep", "seed=1..3", "--format", "json")
    #expect(try three.json()["executed"] as? Int == 2 && three.json()["reused"] as? Int == 7)
    #expect(lines(count) == (first + ["train 0.1 3", "train 0.2 3"]).sorted())
    let again = try await space.repro("run", "p.yaml", "--sweep", "seed=1..3", "--format", "json")
    #expect(try again.json()["executed"] as? Int == 0 && again.json()["reused"] as? Int == 9)
  }

  /// A point is a run like any other: by the same name, with the same hash, and it can be run again.
  @Test func `a point is the run that --set makes`() async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline(counting: "/dev/null"))
    let study = try await space.repro("run", "p.yaml", "--sweep", "seed=1,2", "--format", "json")
    let points = try #require(try study.json()["points"] as? [[String: Any]])
    let runs = points.compactMap { $0["run"] as? String }
    #expect(runs.count == 4 && Set(runs).count == 4)
    for (number, set) in [("rate=0.1", "seed=1"), ("rate=0.1", "seed=2"), ("rate=0.2", "seed=1")]
      .enumerated()
    {
      let alone = try await space.repro(
        "run", "p.yaml", "--set", set.0, "--set", set.1, "--format", "json")
      #expect(try alone.json()["run"] as? String == runs[number])
      #expect(try alone.json()["reused"] as? Int == 3)
    }
    let rerun = try await space.repro("rerun", runs[3])
    #expect(rerun.status == 0 && rerun.output.contains("bit-identical"), "\(rerun.errors)")
    let shown = try await space.repro("show", runs[3])
    #expect(shown.output.contains("p.yaml --set rate=0.2 --set seed=2"), "\(shown.output)")
    let changed = try await space.repro(
      "rerun", runs[3], "--set", "rate=0.1", "--format", "json")
    #expect(try changed.json()["run"] as? String == runs[1], "\(changed.errors)")
  }

  @Test func `a point that fails stops no other`() async throws {
    let space = try Workspace()
    let count = "\(space.path)/count"
    try space.write("p.yaml", Self.pipeline(counting: count, bad: "0.1"))
    let study = try await space.repro("run", "p.yaml", "--sweep", "seed=1..2")
    #expect(study.status == 1)
    #expect(study.output.contains("2 of 4 points done, 2 without a result"), "\(study.output)")
    #expect(study.errors.contains("noise@rate=0.1"), "\(study.errors)")
    #expect(lines(count) == ["data", "noise 0.1", "noise 0.2", "train 0.2 1", "train 0.2 2"])
    let log = try await space.repro("log", "noise@rate=0.1")
    #expect(log.status == 0, "\(log.errors)")
    let runs = try await space.repro("runs", "--format", "json")
    #expect(runs.output.components(separatedBy: "\"run\"").count - 1 == 2)
    try space.write("p.yaml", Self.pipeline(counting: count))
    let mended = try await space.repro("run", "p.yaml", "--sweep", "seed=1..2")
    #expect(mended.status == 0 && mended.output.contains("4 of 4 points done"), "\(mended.errors)")
  }

  @Test func `a killed sweep goes on with what is missing`() async throws {
    let space = try Workspace()
    let count = "\(space.path)/count"
    try space.write("p.yaml", Self.pipeline(counting: count, wait: 0.2))
    let process = Process()
    process.executableURL = URL(filePath: Workspace.program)
    process.environment = Workspace.environment
    process.arguments = ["run", "p.yaml", "--sweep", "seed=1..8", "--jobs", "2"]
    process.currentDirectoryURL = URL(filePath: space.path)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    // Some results are there, and some are not.
    while process.isRunning, lines(count).count < 9 { usleep(20_000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let begun = lines(count)
    let rest = try await space.repro(
      "run", "p.yaml", "--sweep", "seed=1..8", "--format", "json")
    #expect(rest.status == 0, "\(rest.errors)")
    // What was recorded before is not computed again; at most what ran when it was killed is.
    let executed = try #require(try rest.json()["executed"] as? Int)
    #expect(executed + (try #require(try rest.json()["reused"] as? Int)) == 19)
    #expect(begun.count >= 9 && lines(count).count == begun.count + executed)
    // Nothing begins before what it reads is recorded.
    #expect(try #require(try rest.json()["reused"] as? Int) >= 2)
  }

  @Test func `a forced stage is forced at all points, and one that is not there at none`()
    async throws
  {
    let space = try Workspace()
    let count = "\(space.path)/count"
    try space.write("p.yaml", Self.pipeline(counting: count))
    _ = try await space.repro("run", "p.yaml")
    let forced = try await space.repro("run", "p.yaml", "--force", "noise")
    #expect(forced.status == 0)
    #expect(lines(count).count { $0.hasPrefix("noise") } == 4)
    #expect(lines(count).count { $0.hasPrefix("train") } == 2)
    let wrong = try await space.repro("run", "p.yaml", "--force", "nois")
    #expect(wrong.status == 2 && wrong.errors.contains("noise"), "\(wrong.errors)")
  }

  @Test func `a swept stage is drawn once`() async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline(counting: "/dev/null"))
    func graph(_ format: String) async throws -> String {
      try await space.repro("graph", "p.yaml", "--sweep", "seed=1..12", "--format", format).output
    }
    let text = try await graph("text")
    #expect(
      text == "●  data  command\n●  noise  × 2  command\n●  train  × 24  command\n", "\(text)")
    #expect(try await graph("dot").contains("\"train\" [label=\"train × 24\\ncommand\"];"))
    #expect(try await graph("mermaid").contains("s2[\"train × 24<br/>command\"]"))
    #expect(try await graph("json").contains("\"times\": 24"))
  }

  @Test func `what wants one pipeline says how to choose it`() async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline(counting: "/dev/null"))
    _ = try await space.repro("run", "p.yaml", "--set", "rate=0.1")
    let accept = try await space.repro("accept", "p.yaml", "train", "--because", "x")
    #expect(accept.status == 2 && accept.errors.contains("--set"), "\(accept.errors)")
  }
}
