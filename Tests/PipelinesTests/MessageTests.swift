import Pipelines
import Testing

@Suite struct MessageTests {
  @Test(arguments: GoldenCase.all(in: "broken.txt"))
  func `says what is wrong, where, and what to do`(broken: GoldenCase) {
    #expect(verdict(broken.file, set: broken.overrides) == broken.verdict)
  }
}
