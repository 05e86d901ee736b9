import Foundation
import Pipelines
import Testing

@Suite struct MessageTests {
  @Test(arguments: GoldenCase.all(in: "broken.txt"))
  func `says what is wrong, where, and what to do`(broken: GoldenCase) {
    #expect(verdict(broken.file, set: broken.overrides) == broken.verdict)
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["REPRO_WRITE_GOLDEN"] != nil))
  func `writes the golden file`() throws {
    try GoldenCase.rewrite("broken.txt") { verdict($0.file, set: $0.overrides) }
  }
}
