import Foundation
import Pipelines
import Testing

@Suite struct HostileFileTests {
  private func verdict(_ bytes: [UInt8]) -> String {
    do {
      _ = try resolve(pipeline: bytes, file: "x.yaml", kinds: SampleKinds.all)
      return "fine"
    } catch {
      return "\(error)"
    }
  }

  private func verdict(_ text: String) -> String { verdict(Array(text.utf8)) }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x61, 0x00], "x.yaml:1:1: not UTF-8 text (byte 0 of the file)"),
      (Array("a: 1\nb: é".utf8) + [0xC3], "x.yaml:2:5: not UTF-8 text (byte 10 of the file)"),
      ([0xED, 0xA0, 0x80], "x.yaml:1:1: not UTF-8 text (byte 0 of the file)"),
      ([0xC0, 0xAF], "x.yaml:1:1: not UTF-8 text (byte 0 of the file)"),
      (Array("a: \u{1b}".utf8), "x.yaml:1:4: the character U+001B cannot stand in a pipeline file"),
      ([0x61, 0], "x.yaml:1:2: the character U+0000 cannot stand in a pipeline file"),
      (
        Array("a:\n \u{85}".utf8),
        "x.yaml:2:2: the character U+0085 cannot stand in a pipeline file"
      ),
      (
        Array("# \u{2028}".utf8), "x.yaml:1:3: the character U+2028 cannot stand in a pipeline file"
      ),
      (
        Array("a \u{FEFF}".utf8), "x.yaml:1:3: the character U+FEFF cannot stand in a pipeline file"
      ),
    ] as [([UInt8], String)])
  func `refuses bytes that are no plain text`(bytes: [UInt8], expected: String) {
    #expect(verdict(bytes).components(separatedBy: "\n").first == expected)
  }

  @Test func `takes a byte order mark and any line ends`() {
    let text = "stages:\n  a: { uses: choose }\n"
    let places = ["\n", "\r\n", "\r"].map { end in
      verdict("\u{FEFF}" + text.replacing("\n", with: end)).prefix { $0 != " " }
    }
    #expect(places == ["x.yaml:2:14:", "x.yaml:2:14:", "x.yaml:2:14:"])
  }

  @Test(arguments: [
    ("[", "", ""), ("{a: ", "", ""), ("- ", "", ""), ("? ", "", ""), ("a:\n ", "", ""),
    ("[", "]", "x"), ("{a: ", "}", "x"), ("? - ", "", ""), ("!x [", "", ""), ("&a [", "", ""),
    ("\"", "", ""), ("*a ", "", ""), ("--- ", "", ""), ("a: b\n", "", ""), ("%", "", ""),
    ("- a\n", "", ""), ("'", "", ""), ("[a, ", "", ""), ("{", "", ""), ("?", "", ""), (",", "", ""),
    ("${", "", ""), ("a: |\n  x\n", "", ""), ("# x\n", "", ""), ("\t", "", ""), (": ", "", ""),
  ])
  func `comes to a verdict on any repetition`(before: String, after: String, middle: String) {
    for count in [70, 400_000 / before.utf8.count] {
      let text =
        String(repeating: before, count: count) + middle
        + String(repeating: after, count: count)
      let clock = ContinuousClock()
      let time = clock.measure {
        let verdict = verdict(text)
        #expect(verdict != "fine" && verdict.utf8.count < 30_000)
      }
      #expect(time < .seconds(10))
    }
  }

  @Test func `keeps its limits`() {
    let tail =
      "\nstages: { a: { uses: label-noise, inputs: { dataset: file:d }, config: { rate: 0 } } }"
    func nested(_ depth: Int) -> String {
      "params: { a: " + String(repeating: "[", count: depth)
        + String(repeating: "]", count: depth) + " }" + tail
    }
    #expect(verdict(nested(63)) == "fine")
    #expect(verdict(nested(64)).contains("x.yaml:1:77: lists and maps nested more than 64 deep"))
    let many = "params: { a: [" + String(repeating: "1,", count: 99_970) + "] }" + tail
    #expect(verdict(many) == "fine")
    let more = "params: { a: [" + String(repeating: "1,", count: 2_000_000) + "] }" + tail
    #expect(verdict(more).contains("more than 2000000 values"))
    let large = "# " + String(repeating: "x", count: 32 << 20) + tail
    #expect(verdict(large).contains("a pipeline file has at most 33554432"))
  }

  @Test func `walks no aliases`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<60 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) { [\(items)]: [\(items)] }\n"
    }
    #expect(verdict(text).contains("anchors and aliases are not read: '&a0'"))
  }

  @Test func `tells at most fifty problems`() {
    let stages = (0..<9_000).map { "  s\($0): { uses: x, y: [] }\n" }.joined()
    let lines = verdict("stages:\n" + stages).components(separatedBy: "\n")
    #expect(lines.count == 101 && lines.last == "and 17950 more")
  }

  @Test func `orders thousands of stages, and finds the one cycle in them`() throws {
    func file(_ first: String) -> String {
      let chain = (1..<6_000).map {
        "  s\($0): { uses: pretrain, inputs: { dataset: s\($0 - 1).checkpoints } }\n"
      }
      return "stages:\n  s0: { uses: pretrain, inputs: { dataset: \(first) } }\n"
        + chain.reversed().joined()
    }
    let bytes = Array(file("file:d").utf8)
    let pipeline = try resolve(pipeline: bytes, file: "x.yaml", kinds: SampleKinds.all)
    #expect(pipeline.stages.map(\.name) == (0..<6_000).map { "s\($0)" })
    let cycle = verdict(file("s5999.checkpoints"))
    #expect(cycle.hasPrefix("x.yaml:2:3: stages wait for each other: s0 → s1 → s2 → "))
    #expect(cycle.utf8.count < 300)
  }

  @Test func `shows no control characters`() {
    let verdict = verdict(#"stages: { "a\x1b[31m\u202e": { uses: "\0\n\x9b" } }"#)
    #expect(
      verdict.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    #expect(verdict.contains(#"'a\u{1b}[31m\u{202e}'"#))
  }
}
