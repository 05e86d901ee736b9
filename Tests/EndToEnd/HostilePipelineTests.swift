import Corpus
import Foundation
import Testing

/// Pipeline files that mean harm, given to the built program with canaries all around.
@Suite struct HostilePipelineTests {
  @Test
  func `every hostile file is refused before anything is touched, with a message for each fault`()
    async throws
  {
    let space = try Workspace()
    let beside = try Workspace()
    try beside.write("canary", "alive")
    try space.makeCanaries()
    let environment = ["HOME": "\(space.path)/home", "TMPDIR": "\(space.path)/tmp"]
    let (before, besideBefore) = (Canaries(below: space.path), Canaries(below: beside.path))
    for (index, hostile) in GoldenCase.all.enumerated() {
      let file = "\(space.path)/project/noisy.yaml"
      try Data(hostile.bytes).write(to: URL(filePath: file))
      let options = hostile.overrides.filter { !$0.utf8.contains(0) }.flatMap { ["--set", $0] }
      guard options.count == hostile.overrides.count * 2 else { continue }
      let command = index.isMultiple(of: 2) ? "plan" : "run"
      let result = try await space.repro(
        [command, "project/noisy.yaml"] + options, environment: environment)
      try FileManager.default.removeItem(atPath: file)
      #expect(result.faults(allowing: [2]) == [], "\(hostile)")
      #expect(result.output == "", "\(hostile)")
      let lines = result.errors.split(separator: "\n")
      let isOrderly = lines.allSatisfy {
        $0.hasPrefix("error: noisy.yaml:") || $0.hasPrefix("error: project/noisy.yaml:")
          || $0.hasPrefix("error: --set ") || $0.hasPrefix("  fix: ")
          || $0.hasPrefix("and ") && $0.hasSuffix(" more problems")
      }
      #expect(isOrderly, "\(hostile): \(result.errors.prefix(1_000))")
    }
    // The folder of the pipeline file is where it was written and removed.
    let after = Canaries(below: space.path)
    #expect(after.changes(since: before) == ["project"])
    #expect(Canaries(below: beside.path) == besideBefore)
  }
}

extension Workspace {
  /// A project with a home, a parent and a folder for temporary files around it.
  func makeCanaries() throws {
    for folder in ["project/inputs", "home/.config", "tmp", "d", "x"] {
      try FileManager.default.createDirectory(
        atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
    }
    for file in ["project/d", "project/inputs/x", "home/.profile", "tmp/t", "d/f", "x/o", "o"] {
      try write(file, "alive")
    }
  }
}
