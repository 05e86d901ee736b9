import Corpus
import Foundation
import Pipelines
import Testing

@Suite struct MessageTests {
  @Test(arguments: GoldenCase.all)
  func `says what is wrong, where, and what to do`(broken: GoldenCase) {
    let said = verdict(broken)
    #expect(said == broken.verdict)
    #expect(said != "fine" && said.utf8.count < 8_000)
    // A few plain lines, wherever they are shown.
    let strange = said.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control: scalar != "\n"
      case .format, .lineSeparator, .paragraphSeparator, .privateUse: true
      default: false
      }
    }
    #expect(strange.isEmpty)
  }

  @Test func `knows hundreds of ways to be wrong, each by a title of its own`() {
    #expect(GoldenCase.all.count > 400)
    #expect(Set(GoldenCase.all.map(\.title)).count == GoldenCase.all.count)
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["REPRO_WRITE_GOLDEN"] != nil))
  func `writes the golden files`() throws { try GoldenCase.rewrite { verdict($0) } }

  /// What is said about the file, or `fine`.
  private func verdict(_ broken: GoldenCase) -> String {
    do throws(PipelineErrors) {
      _ = try resolve(
        pipeline: broken.bytes, file: "noisy.yaml", overrides: broken.overrides,
        kinds: SampleKinds.all)
      return "fine"
    } catch {
      return "\(error)"
    }
  }
}
