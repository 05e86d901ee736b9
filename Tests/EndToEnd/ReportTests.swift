import Foundation
import Testing

/// Pages, curves and what artefacts hold, by the built program.
@Suite struct ReportTests {
  /// The quick start in a second or two.
  private static let short = [
    "--set", "stages.pretrain.epochs=4", "--set", "stages.reweight.epochs=2",
    "--set", "stages.revise.epochs=2", "--set", "stages.fine-tune.epochs=2",
  ]

  private func run(_ space: borrowing Workspace, _ more: String...) async throws -> String {
    let result = try await space.repro(
      ["run", Workspace.quickstart, "--format", "json"] + Self.short + more)
    try #require(result.status == 0, "\(result.errors)")
    return try #require(result.json()["run"] as? String)
  }

  @Test func `a run and several runs become pages that need nothing else`() async throws {
    let space = try Workspace()
    let first = try await run(space)
    let second = try await run(space, "--set", "seed=2")
    let one = try await space.repro("report", first, "-o", "one.html")
    try #require(one.status == 0, "\(one.errors)")
    let page = String(decoding: try space.read("one.html"), as: UTF8.self)
    for part in [
      "<h1>quickstart</h1>", "repro rerun \(first.prefix(12))", "estimate.transition",
      "difference, error ", "pretrain: accuracy", "test-with-T.confusion", "optimizer.sgd.lr",
      "data/digits.csv.gz",
    ] { #expect(page.contains(part), "\(part)") }
    #expect(
      !page.contains("http") || page.ranges(of: "http").count == page.ranges(of: "http-equiv").count
    )

    // Nothing of when and where the page is made is in it.
    _ = try await space.repro("report", first, "-o", "again.html")
    #expect(try space.read("again.html") == space.read("one.html"))

    let study = try await space.repro("report", first, second, "-o", "study.html")
    try #require(study.status == 0, "\(study.errors)")
    let both = String(decoding: try space.read("study.html"), as: UTF8.self)
    #expect(both.contains("2 points · 2 finished"))
    #expect(both.contains("<dt>seed</dt><dd>1, 2</dd>"))
    #expect(both.contains("pretrain × 2") && !both.contains("digits × 2"))
  }

  @Test func `curves go to the terminal and to TensorBoard, artefacts are described`() async throws
  {
    let space = try Workspace()
    let hash = try await run(space)
    #expect(try await !space.repro("show", hash).output.contains(" → "))
    let shown = try await space.repro("show", hash, "--curves")
    #expect(shown.output.contains("pretrain, 4 epochs"))
    #expect(shown.output.contains(/test\/accuracy .* → .*, best .* at \d/))

    let export = try await space.repro("export", hash, "logs", "--tensorboard")
    #expect(export.status == 0, "\(export.errors)")
    let folder = try FileManager.default.contentsOfDirectory(atPath: "\(space.path)/logs/pretrain")
    #expect(folder.count == 1 && folder.allSatisfy { $0.hasPrefix("events.out.tfevents.") })
    let mixed = try await space.repro("export", hash, "logs", "--tensorboard", "--outputs")
    #expect(mixed.status == 2)

    let document = try await space.repro("show", hash, "--format", "json").json()
    let stages = try #require(document["stages"] as? [[String: Any]])
    let pretrain = try #require(stages.first { $0["name"] as? String == "pretrain" })
    let page = try await space.repro("show", try #require(pretrain["key"] as? String))
    #expect(
      page.output.contains("model mlp(256,256), input [1, 8, 8], 10 classes, 85,002 parameters"))
    #expect(page.output.contains("fc2  linear  [256]  65,792"))
    let noisy = try #require(stages.first { $0["name"] as? String == "noisy" })
    let outputs = try #require(noisy["outputs"] as? [String: [String: Any]])
    let digest = try #require(outputs["transition"]?["digest"] as? String)
    let matrix = try await space.repro("show", digest)
    #expect(matrix.output.contains("holds    .npy, float64 [10, 10]"))
    #expect(matrix.output.contains("0.6000  0.4000  0  0"))
  }

  @Test func `a page that cannot be made is a message`() async throws {
    let space = try Workspace()
    let hash = try await run(space)
    for arguments in [
      ["report"], ["report", "abc123"], ["report", hash, "-o", "no/such/folder.html"],
    ] {
      let result = try await space.repro(arguments)
      #expect(result.status == 2, "\(result.output)\(result.errors)")
      #expect(result.errors.hasPrefix("error: ") || result.errors.contains("Usage"))
    }
  }
}
