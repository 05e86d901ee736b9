import Foundation
import Testing

/// What was never computed again is, and what came of it is on record.
@Suite struct AuditTests {
  @Test func `what was never checked is, once, the cheapest first`() async throws {
    let space = try Workspace()
    try space.write("digits.csv", (0..<12).map { "\($0),\($0 % 3)" }.joined(separator: "\n"))
    try space.write(
      "p.yaml",
      """
      name: p
      stages:
        data: { uses: csv-dataset, inputs: { train: "file:digits.csv" }, config: { test_every: 4, scale: 16 } }
        slow: { run: "sleep 0.5; echo 1 > o", outputs: { o: o } }
        noise: { run: "cat /proc/sys/kernel/random/uuid > o", sandbox: off, outputs: { o: o } }
        last: { run: "cat ${inputs.x} > o", inputs: { x: slow.o }, outputs: { o: o } }
      """)
    try #require(try await space.repro("run", "p.yaml").status == 0)
    let brief = try await space.repro("audit", "--budget", "0s", "--format", "json")
    #expect(try brief.json()["left"] as? Int == 4)
    #expect(try audited(brief).isEmpty)

    let audit = try await space.repro("audit", "--budget", "30m", "--format", "json")
    #expect(audit.status == 1, "\(audit.errors)")
    let found = try audited(audit)
    #expect(Set(found.map(\.0)) == ["data", "slow", "noise", "last"])
    var seconds: [Double] = []
    for it in try #require(audit.json()["audited"] as? [[String: Any]]) {
      let key = try #require(it["key"] as? String)
      let shown = try await space.repro("show", key, "--format", "json")
      seconds.append(try #require(shown.json()["seconds"] as? Double))
    }
    #expect(seconds == seconds.sorted() && Set(seconds).count > 1)
    #expect(try audit.json()["left"] as? Int == 0)
    #expect(found.filter { $0.1 == false }.map(\.0) == ["noise"])
    #expect(found.contains { $0.0 == "last" && $0.1 == true })

    let again = try await space.repro("audit")
    #expect(again.status == 0)
    #expect(
      again.output.contains("0 of 0 results computed again; 0 never checked are left"),
      "\(again.output)")
    #expect(try await space.repro("cache", "verify").status == 0)
  }

  @Test func `a program that ignores its seed is named, one that does not is not`() async throws {
    let space = try Workspace()
    for seed in ["1", "2"] {
      try space.write(
        "p.yaml",
        """
        name: p
        seed: \(seed)
        stages:
          dead: { run: "echo 1 > o", outputs: { o: o } }
          alive: { run: "echo $REPRO_SEED > o", outputs: { o: o } }
          none: { run: "echo 2 > o", seed: null, outputs: { o: o } }
        """)
      try #require(try await space.repro("run", "p.yaml").status == 0)
    }
    let audit = try await space.repro("audit")
    #expect(audit.status == 0, "\(audit.errors)")
    #expect(
      audit.output.contains("dead seed: p/dead gives the same bytes with seeds 1, 2"),
      "\(audit.output)")
    #expect(!audit.output.contains("p/alive gives") && !audit.output.contains("p/none gives"))
    #expect(audit.output.contains("bit-identical: 5 of 5 results"), "\(audit.output)")
  }

  @Test func `of two runs with one result the one counts that demands more`() async throws {
    let space = try Workspace()
    let stage = "run: \"cat \(space.path)/there > o\", sandbox: off, outputs: { o: o }"
    try space.write("there", "1")
    try space.write("strict.yaml", "stages: { s: { \(stage) } }")
    try space.write("lax.yaml", "stages: { s: { \(stage), reproducible: none } }")
    for file in ["strict.yaml", "lax.yaml"] {
      try #require(try await space.repro("run", file).status == 0)
    }
    try space.write("there", "2")
    // That of the lax run, which says nothing about the strict one.
    let hash = try #require(
      try await space.repro("runs").output.split(separator: "\n").dropFirst().first?.prefix(12))
    let rerun = try await space.repro("rerun", String(hash))
    #expect(rerun.output.contains("not compared"), "\(rerun.output)")
    let audit = try await space.repro("audit")
    #expect(audit.status == 1 && audit.output.contains("DIFFERENT"), "\(audit.output)")
    #expect(try await space.repro("audit").output.contains("0 never checked are left"))
  }

  @Test func `a leak is named: what gives other bytes with the same seed`() async throws {
    let space = try Workspace()
    try space.write(
      "p.yaml",
      """
      name: p
      stages:
        leak: { run: "cat /proc/sys/kernel/random/uuid > o", outputs: { o: o } }
        tight: { run: "echo $REPRO_SEED > o", outputs: { o: o } }
      """)
    try #require(try await space.repro("run", "p.yaml").status == 0)
    let audit = try await space.repro("audit")
    #expect(audit.status == 1)
    #expect(
      audit.output.contains(
        "leak: p/leak gives other bytes with the same seed; cause: the command is not deterministic"
      ),
      "\(audit.output)")
    #expect(!audit.output.contains("leak: p/tight"))
  }

  @Test
  func `inputs that were evicted are computed, too; what fails is said, and the rest goes on`()
    async throws
  {
    let space = try Workspace()
    try space.write("there", "")
    try space.write(
      "p.yaml",
      """
      stages:
        a: { run: "echo 1 > o", outputs: { o: o } }
        b: { run: "cat ${inputs.x} > o; echo b >> o", inputs: { x: a.o }, outputs: { o: o } }
        c: { run: "cat \(space.path)/there > o", sandbox: off, outputs: { o: o } }
      """)
    try #require(try await space.repro("run", "p.yaml").status == 0)
    try #require(try await space.repro("cache", "gc", "--budget", "0").status == 0)
    try FileManager.default.removeItem(atPath: "\(space.path)/there")
    let audit = try await space.repro("audit")
    #expect(audit.status == 0, "\(audit.errors)")
    #expect(audit.output.contains("could not be computed: "), "\(audit.output)")
    #expect(audit.output.contains("bit-identical: 2 of 2 results"), "\(audit.output)")
    let hash = try #require(try await space.repro("runs").output.split(separator: "\n").last)
    let rerun = try await space.repro("rerun", String(hash.prefix(12)), "--stage", "b")
    #expect(rerun.output.contains("bit-identical: 2 of 3 stages"), "\(rerun.output)\(rerun.errors)")
  }

  private func audited(_ result: Workspace.Result) throws -> [(String, Bool?)] {
    try #require(result.json()["audited"] as? [[String: Any]]).map {
      (try #require($0["stage"] as? String), $0["same"] as? Bool)
    }
  }
}
