import Foundation
import Testing

/// The promises of README, shown on the quick start with the built program.
@Suite struct QuickstartTests {
  @Test func `runs, then computes nothing, then comes out the same to the last bit`() async throws {
    let space = try Workspace()
    let first = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(first.status == 0, "\(first.errors)")
    #expect(try first.json()["reused"] as? Int == 0)

    let again = try await space.repro("run", Workspace.quickstart, "--format", "json")
    #expect(try again.executed() == [])
    #expect(try again.json()["run"] as? String == first.json()["run"] as? String)
    #expect(try again.digests() == first.digests())
    // A look at every stage says the same, in the same words, if not in the same order.
    let looked = try await space.repro(
      "run", Workspace.quickstart, "--paranoid", "--format", "json")
    #expect(looked.output == again.output)
    let (lines, lookedLines) = (
      again.errors.split(separator: "\n"), looked.errors.split(separator: "\n")
    )
    #expect(lines.sorted() == lookedLines.sorted() && again.errors.contains("reused"))

    let hash = try #require(first.json()["run"] as? String)
    for threads in ["1", "2", "3"] {
      let rerun = try await space.repro("rerun", hash, "--threads", threads)
      #expect(rerun.status == 0, "\(rerun.errors)")
      #expect(rerun.output.contains("bit-identical: 13 of 13 stages"))
    }
  }

  @Test(arguments: ["portable", "avx2", "avx512", "neon"])
  func `gives the same bits on every vector path of this machine`(path: String) async throws {
    let space = try Workspace()
    let best = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(best.status == 0, "\(best.errors)")
    let hash = try #require(best.json()["run"] as? String)
    let rerun = try await space.repro("rerun", hash, environment: ["REPRO_KERNELS": path])
    if rerun.errors.contains("this machine has no '\(path)' kernels") {
      #expect(path != "portable")
      #expect(rerun.status == 1)
    } else {
      #expect(rerun.status == 0, "\(rerun.errors)")
    }
  }

  @Test func `runs only what a change reaches`() async throws {
    let space = try Workspace()
    let first = try await space.repro("run", Workspace.quickstart)
    try #require(first.status == 0, "\(first.errors)")
    let changed = try await space.repro(
      "run", Workspace.quickstart, "--set", "stages.fine-tune.epochs=3", "--format", "json")
    #expect(try changed.executed() == ["fine-tune", "test-with-T"])
  }

  @Test func `plan names the field that changed`() async throws {
    let space = try Workspace()
    let first = try await space.repro("run", Workspace.quickstart)
    try #require(first.status == 0, "\(first.errors)")
    let plan = try await space.repro(
      "plan", Workspace.quickstart, "--set", "stages.pretrain.epochs=7")
    #expect(plan.status == 0)
    #expect(plan.output.contains("config.epochs: "))
    #expect(plan.output.contains(" → 7"))
    #expect(plan.output.contains("reuse  noisy"))
    let runs = try await space.repro("runs", "--format", "json")
    #expect(runs.output.split(separator: "\n").filter { $0.contains("\"run\"") }.count == 1)
  }

  @Test func `early cutoff: a stage that comes out the same stops the change`() async throws {
    let space = try Workspace()
    let first = try await space.repro("run", Workspace.quickstart)
    try #require(first.status == 0, "\(first.errors)")
    let forced = try await space.repro(
      "run", Workspace.quickstart, "--force", "noisy", "--format", "json")
    #expect(try forced.executed() == ["noisy"])
  }
}
