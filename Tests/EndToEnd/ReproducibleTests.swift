import Foundation
import Testing

/// What a command declares to be the same is what counts as reproduced, and nothing is called
/// bit-identical that is not.
@Suite struct ReproducibleTests {
  /// `near` reads numbers that are declared nowhere; so does `any`; `below` reads both.
  private func pipeline(_ space: borrowing Workspace, near: String, any: String) -> String {
    """
    name: p
    stages:
      near: { run: "cat \(space.path)/numbers > o", sandbox: off, outputs: { o: o }\(near) }
      any: { run: "cat \(space.path)/anything > o", sandbox: off, outputs: { o: o }\(any) }
      below: { run: "cat ${inputs.x} ${inputs.y} > o", inputs: { x: near.o, y: any.o }, outputs: { o: o } }
    """
  }

  private static let near = ", reproducible: { numeric: { atol: 1e-3 } }"
  private static let any = ", reproducible: none"

  private func run(
    _ space: borrowing Workspace, near: String = near, any: String = any
  ) async throws -> String {
    try space.write("p.yaml", pipeline(space, near: near, any: any))
    try space.write("numbers", #"{"loss": [0.25, 3], "at": 1.5}"#)
    try space.write("anything", "one")
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    return try #require(run.json()["run"] as? String)
  }

  @Test func `stages come out as they declare to, and those below are compared all the same`()
    async throws
  {
    let space = try Workspace()
    let hash = try await run(space)
    let same = try await space.repro("rerun", hash)
    #expect(same.output.contains("bit-identical: 3 of 3 stages"), "\(same.output)\(same.errors)")

    try space.write("numbers", #"{"loss": [0.2505, 3], "at": 1.5}"#)
    try space.write("anything", "two")
    let rerun = try await space.repro("rerun", hash, "--keep", "kept")
    #expect(rerun.status == 0, "\(rerun.output)\(rerun.errors)")
    #expect(
      rerun.output.contains(
        "reproduced as far as declared: 1 of 3 stages bit-identical, 1 within its tolerance (max abs 0.0005"
      ), "\(rerun.output)")
    #expect(rerun.output.contains("1 not compared; run \(hash.prefix(12))"))
    #expect(!rerun.output.contains("bit-identical:"))
    #expect(
      rerun.output.contains(
        "not compared: declared not reproducible; 'o' DIFFERS: 3 bytes recorded, 3 made"))
    #expect(try space.read("kept/any/o") == Data("two".utf8))

    let document = try await space.repro("rerun", hash, "--format", "json").json()
    #expect(document["same"] as? Bool == false && document["reproduced"] as? Bool == true)
    let stages = try #require(document["stages"] as? [[String: Any]])
    let verdicts = stages.map { "\($0["name"] ?? ""): \($0["verdict"] ?? "")" }
    #expect(
      Set(verdicts) == ["near: within-tolerance", "any: not-compared", "below: same"])

    try FileManager.default.removeItem(atPath: "\(space.path)/cache/index.sqlite")
    #expect(try await space.repro("runs").output.contains("1 of 3, 2 as declared"))
    let shown = try await space.repro("show", hash).output
    #expect(
      shown.contains(
        "bit-identical, 1 of 3 stages, within its tolerance 'near', not compared 'any'"),
      "\(shown)")
    let key = try #require(stages.first { $0["name"] as? String == "near" }?["key"] as? String)
    let result = try await space.repro("show", key).output
    #expect(
      result.contains("bit-identical, 1 of 3; within its tolerance, 2 of 3, on 1 machine"),
      "\(result)")
    let alone = try await space.repro("rerun", key)
    #expect(
      alone.output.contains("reproduced: 0 of 1 stages bit-identical, 1 within its tolerance"),
      "\(alone.output)")
    #expect(try await space.repro("cache", "verify").status == 0)
  }

  @Test(arguments: [
    (
      #"{"loss": [0.252, 3], "at": 1.5}"#,
      "$.loss[0]: 0.25 recorded, 0.252 made; 1 of 3 values differ by more than atol 0.001"
    ),
    (#"{"loss": [0.25, 4], "at": 1.5}"#, "$.loss[1]: 3 recorded, 4 made"),
    (#"{"loss": [0.25], "at": 1.5}"#, "$.loss: 2 items recorded, 1 made"),
    ("loss 0.25", "9 made, the first difference at byte 0; of no format whose numbers can be read"),
  ])
  func `what is beyond the tolerance, or no number, is not reproduced`(
    made: String, expected: String
  ) async throws {
    let space = try Workspace()
    let hash = try await run(space)
    try space.write("numbers", made)
    let rerun = try await space.repro("rerun", hash, "--stage", "near")
    #expect(rerun.status == 1)
    #expect(rerun.output.contains(expected), "\(rerun.output)")
    #expect(rerun.output.contains("NOT reproduced"))
    #expect(try await space.repro("runs").output.contains("0 of 1"))
    #expect(try await space.repro("show", hash).output.contains("DIFFERENT in 'near'"))
  }

  @Test func `of a folder every file has to be within the tolerance, and no other may be there`()
    async throws
  {
    let space = try Workspace()
    func make(_ one: String, _ other: String, more: Bool = false) throws {
      try FileManager.default.createDirectory(
        atPath: "\(space.path)/data", withIntermediateDirectories: true)
      try space.write("data/a.csv", "loss\n\(one)\n")
      try space.write("data/b.csv", "loss\n\(other)\n")
      if more { try space.write("data/c.csv", "loss\n1.0\n") }
    }
    try make("1.0", "2.0")
    try space.write(
      "p.yaml",
      """
      stages:
        s: { run: "cp -r \(space.path)/data f", sandbox: off, outputs: { f: f }, reproducible: { numeric: { rtol: 0.1 } } }
      """)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String)
    try make("1.01", "2.02")
    let near = try await space.repro("rerun", hash)
    #expect(
      near.output.contains("reproduced: 0 of 1 stages bit-identical, 1 within its tolerance"),
      "\(near.output)\(near.errors)")
    try make("1.01", "3.0")
    let far = try await space.repro("rerun", hash)
    #expect(
      far.output.contains("'f/b.csv' DIFFERS: row 2, column 'loss': 2.0 recorded, 3.0 made"),
      "\(far.output)")
    try make("1.0", "2.0", more: true)
    #expect(try await space.repro("rerun", hash).status == 1)
  }

  @Test func `it is part of the run and of no key, and bitwise unless it says otherwise`()
    async throws
  {
    let space = try Workspace()
    let plain = try await run(space, near: "", any: "")
    #expect(try await run(space, near: ", reproducible: bitwise", any: "") == plain)
    let declared = try await run(space)
    #expect(declared != plain)
    let again = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(try again.executed().isEmpty)
    let diff = try await space.repro("diff", plain, declared)
    #expect(diff.output.contains("any    reproducible: bitwise → none"), "\(diff.output)")
    #expect(diff.output.contains("2 of 3 stages differ"))

    try space.write("anything", "two")
    #expect(try await space.repro("rerun", plain, "--stage", "any").status == 1)
    #expect(try await space.repro("rerun", declared, "--stage", "any").status == 0)
  }

  @Test func `an audit holds each stage to what its run declares`() async throws {
    let space = try Workspace()
    _ = try await run(space)
    try space.write("numbers", #"{"loss": [0.2505, 3], "at": 1.5}"#)
    try space.write("anything", "two")
    let audit = try await space.repro("audit")
    #expect(audit.status == 0, "\(audit.errors)")
    #expect(
      audit.output.contains("bit-identical: 1 of 3 results computed again, 2 as declared; 0 never"),
      "\(audit.output)")
    #expect(audit.output.contains("within its tolerance (max abs 0.0005"))
    #expect(audit.output.contains("not compared: declared not reproducible"))
  }

  @Test func `where what was recorded is gone, nothing below can be compared, and that is said`()
    async throws
  {
    let space = try Workspace()
    let hash = try await run(space)
    try #require(try await space.repro("cache", "gc", "--budget", "0").status == 0)
    try space.write("anything", "two")
    let rerun = try await space.repro("rerun", hash)
    #expect(rerun.status == 1)
    #expect(
      rerun.errors.contains(
        "stage 'any' need not come out the same, and what was recorded of it is gone"),
      "\(rerun.output)\(rerun.errors)")
    let alone = try await space.repro("rerun", hash, "--stage", "any")
    #expect(alone.status == 0, "\(alone.output)\(alone.errors)")
  }
}
