import Foundation
import Store
import Subprocess
import SystemPackage
import Testing

/// Of each pipeline that comes with the program, one run on part of the real data, executed again; `make studies` does
/// it with all runs and all data.
@Suite struct PipelineRerunTests {
  struct Sample: CustomTestStringConvertible, Sendable {
    let pipeline: String
    let data: String
    let settings: [String]
    var testDescription: String { pipeline }
  }

  /// They lie beside this checkout.
  private static let data = "\(Workspace.package)/../shared/data"

  private static let few = ["stages.split.validation=500", "stages.split.train=2000"]

  private static let revision =
    ["noise.type=pair"] + ["pretrain", "reweight", "revise", "fine-tune"].map { "epochs.\($0)=2" }
    + few

  static let samples = [
    Sample(
      pipeline: "clean-patterns-first", data: "mnist", settings: ["model=lenet", "epochs=5"] + few),
    Sample(
      pipeline: "dmi-mnist", data: "mnist",
      settings: ["noise.type=symmetric", "epochs.start=4", "epochs.dmi=2"] + few),
    Sample(
      pipeline: "forward-backward-reweight", data: "mnist",
      settings: ["noise.type=pair", "loss=backward", "epochs=3"] + few),
    Sample(pipeline: "t-revision-mnist", data: "mnist", settings: revision),
    Sample(pipeline: "t-revision-fashion-mnist", data: "fashion-mnist", settings: revision),
  ]

  @Test(.enabled(if: FileManager.default.fileExists(atPath: data)), arguments: samples)
  func `a run is executed again to the same bits`(sample: Sample) async throws {
    try await runTwice(sample.pipeline, sample.settings, mirror: "\(Self.data)/\(sample.data)")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: data)))
  func `another epoch that is searched costs one estimate`() async throws {
    let space = try Workspace()
    let mirror = "\(Self.data)/mnist"
    let settings = ["noise.type=symmetric", "epoch=5", "stages.pretrain.epochs=6"] + Self.few
    try await runTwice(space, "t-epoch-search", settings, mirror: mirror)
    let another = try await run(space, "t-epoch-search", settings + ["epoch=6"], mirror: mirror)
    #expect(try another.executed() == ["estimate"])
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: data)))
  func `a training that diverges is a result, and diverges again to the same bits`() async throws {
    let space = try Workspace()
    let settings = ["noise.type=symmetric", "lr=1e6", "epochs=3"] + Self.few
    let first = try await runTwice(space, "lr-study", settings, mirror: "\(Self.data)/mnist")
    let stages = try #require(first.json()["stages"] as? [[String: Any]])
    let verdict = try #require(stages.first { $0["name"] as? String == "verdict" })
    #expect((verdict["results"] as? [String: Any])?["diverged"] as? Double == 1)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: data)))
  func `a residual network on CIFAR-10 is trained again to the same bits`() async throws {
    let size =
      "size={validation: 100, train: 160, pretrain: 1, reweight: 1, revise: 1, milestones: []}"
    try await runTwice(
      "t-revision-cifar10", ["noise.type=symmetric", size, "percentile=none"],
      images: ["data_batch_1": 1000, "test_batch": 50])
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: data)))
  func `people's labels are learned again to the same bits`() async throws {
    var images = ["test_batch": 200]
    for batch in 1...5 { images["data_batch_\(batch)"] = 10_000 }
    try await runTwice(
      "human-noise-cifar10n",
      ["labels=worse_label", "epochs=2", "size={validation: 500, train: 1000}"], images: images)
  }

  private func runTwice(_ pipeline: String, _ settings: [String], mirror: String) async throws {
    let space = try Workspace()
    try await runTwice(space, pipeline, settings, mirror: mirror)
  }

  /// With so many images of each batch of CIFAR-10.
  private func runTwice(_ pipeline: String, _ settings: [String], images: [String: Int])
    async throws
  {
    let space = try Workspace()
    let mirror = "\(space.path)/mirror"
    try FileManager.default.createDirectory(atPath: mirror, withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      atPath: "\(Self.data)/cifar-10n/CIFAR-10_human.pt", toPath: "\(mirror)/CIFAR-10_human.pt")
    var files: [String] = []
    for (batch, count) in images.sorted(by: { $0.key < $1.key }) {
      let packed = batch == "test_batch" ? "test_batch_first1000" : batch
      let bytes = count * (1 + 3 * 32 * 32)
      let unpacked = try await Subprocess.run(
        .name("sh"),
        arguments: ["-c", "xz -dc '\(Self.data)/cifar-10/\(packed).bin.xz' | head -c \(bytes)"],
        output: .bytes(limit: 1 << 25))
      try #require(unpacked.standardOutput.count == bytes)
      try Data(unpacked.standardOutput).write(to: URL(filePath: "\(mirror)/\(batch).bin"))
      let sha256 = SHA256(hashing: unpacked.standardOutput)
      files.append("\(batch).bin: { url: \"file:///\(batch).bin\", sha256: \(sha256) }")
    }
    let fetched = "stages.cifar.files={ \(files.joined(separator: ", ")) }"
    try await runTwice(space, pipeline, settings + [fetched], mirror: mirror)
  }

  private func run(
    _ space: borrowing Workspace, _ pipeline: String, _ settings: [String], mirror: String
  ) async throws -> Workspace.Result {
    let result = try await space.repro(
      ["run", "\(Workspace.package)/pipelines/\(pipeline).yaml", "--format", "json"]
        + (["seed=1"] + settings).flatMap { ["--set", $0] },
      environment: ["REPRO_MIRROR": mirror])
    try #require(result.status == 0, "\(result.errors)")
    return result
  }

  @discardableResult
  private func runTwice(
    _ space: borrowing Workspace, _ pipeline: String, _ settings: [String], mirror: String
  ) async throws -> Workspace.Result {
    let first = try await run(space, pipeline, settings, mirror: mirror)
    let stages = try first.executed().count
    let hash = try #require(first.json()["run"] as? String)
    let again = try await space.repro("rerun", hash, environment: ["REPRO_MIRROR": mirror])
    #expect(again.status == 0, "\(again.output)\(again.errors)")
    #expect(
      again.output.contains("bit-identical: \(stages) of \(stages) stages"), "\(again.output)")
    return first
  }
}
