import Foundation
import Testing

/// The pipelines that come with the program.
@Suite struct PipelineFileTests {
  private static let folder = "\(Workspace.package)/pipelines"

  private static let names =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.sorted()

  @Test func `there are those of the chapter`() {
    #expect(
      Set(Self.names).isSuperset(of: [
        "clean-patterns-first.yaml", "dmi-mnist.yaml", "forward-backward-reweight.yaml",
        "human-noise-cifar10n.yaml", "lr-study.yaml", "t-epoch-search.yaml",
        "t-revision-cifar10.yaml", "t-revision-fashion-mnist.yaml", "t-revision-mnist.yaml",
      ]))
  }

  @Test(arguments: names)
  func `can be planned, also by the overrides that it names`(name: String) async throws {
    let space = try Workspace()
    try FileManager.default.copyItem(atPath: Self.folder, toPath: "\(space.path)/p")
    let text = try String(contentsOfFile: "\(Self.folder)/\(name)", encoding: .utf8)
    let plan = try await space.repro("plan", "p/\(name)")
    #expect(plan.status == 0, "\(plan.errors)")
    for line in text.split(separator: "\n") where line.hasPrefix("#") && line.contains(" --set '") {
      let setting = line.split(separator: "'")[1]
      let changed = try await space.repro("plan", "p/\(name)", "--set", String(setting))
      #expect(changed.status == 0, "\(setting): \(changed.errors)")
    }
  }
}
