import Corpus
import Documents
import Pipelines
import Testing

@Suite struct FuzzTests {
  static let snippets = [
    "${params.a}", "${", "$${", "}", "{", "[", "]", ": ", "- ", "? ", "&a ", "*a", "!t ", "\"", "'",
    "|\n", ">\n", "#", "\n", "\t", "\r", "  ", "---\n", "...\n", "%YAML 1.1\n", "~", ".nan",
    "1e999",
    "0x", "-", "9223372036854775808", "file:", "../", ".", "/", "\u{0}", "\u{2028}", "é",
    "\u{FEFF}",
    "uses", "inputs", "stages:", "params:", "seed: -1", "<<", "null", "a.checkpoints/last", "\\x",
  ].map { Array($0.utf8) }

  private func mutated(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, place + Int.random(in: 0...20, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 1: bytes.removeSubrange(place..<end)
      case 2:
        bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...place, using: &random))
      case 3 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      default:
        bytes.insert(contentsOf: Self.snippets.randomElement(using: &random) ?? [], at: place)
      }
    }
    return bytes
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `comes to a verdict on whatever a file has become`(seed: UInt64) {
    let original = Array(ResolveTests().text.utf8)
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let bytes = mutated(original, &random)
      do {
        let pipeline = try resolve(pipeline: bytes, file: "x.yaml", kinds: SampleKinds.all)
        let again = try? ResolvedPipeline(value: pipeline.value, kinds: SampleKinds.all)
        #expect(again?.value == pipeline.value)
      } catch {
        #expect(error.problems.allSatisfy { $0.location.line > 0 && $0.location.file == "x.yaml" })
        #expect(error.problems.allSatisfy { ($0.errorDescription?.count ?? 0) > 10 })
        #expect(error.description.utf8.count < 40_000)
      }
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `comes to a verdict on whatever is set`(seed: UInt64) {
    let text = Array(OverrideTests().text.utf8)
    var random = SplitMix64(seed: seed)
    for _ in 0..<300 {
      let option = mutated(Array("stages.train.optimizer.adam.lr={a: 0.1}".utf8), &random)
      let overrides = [String(decoding: option, as: UTF8.self)]
      let errors: PipelineErrors?
      do {
        _ = try resolve(pipeline: text, file: "x", overrides: overrides, kinds: SampleKinds.all)
        errors = nil
      } catch {
        errors = error
      }
      #expect(errors?.problems.isEmpty != true)
    }
  }
}
