import Documents
import Pipelines
import Testing

@Suite struct ParameterTests {
  /// The params of a file that has these.
  private func params(_ text: String, set overrides: [String] = []) throws -> Value {
    try resolve(file(text), set: overrides).params
  }

  private func file(_ params: String) -> String {
    """
    params:
      \(params.replacing("\n", with: "\n  "))
    stages: { a: { uses: label-noise, inputs: { dataset: file:d }, config: { rate: 0 } } }
    """
  }

  @Test func `refers to params from params, in any order`() throws {
    #expect(
      try params(
        """
        all: ["${params.a.b}", "${params.text}", "${params.a}"]
        text: <${params.a.b}${params.yes}>
        a: { b: "${params.c}" }
        yes: true
        c: 3
        """
      ) == [
        "all": [3, "<3true>", ["b": 3]], "text": "<3true>", "a": ["b": 3], "yes": true, "c": 3,
      ])
  }

  @Test func `goes on through a reference`() throws {
    let value = try params(
      """
      here: "${params.there.x}"
      there: "${params.far}"
      far: { x: "$${1}" }
      """)
    #expect(value["here"] == "${1}")
  }

  @Test(arguments: [
    ("$", "$"), ("$$", "$$"), ("$a", "$a"), ("$${x}", "${x}"), ("$$${x}", "$${x}"), ("{}$", "{}$"),
    ("${ params.b }", "1"), ("a${params.b}$${params.b}", "a1${params.b}"),
  ])
  func `leaves what is no reference, and lets one be escaped`(text: String, expected: String) throws
  {
    let value = try params("a: \"\(text)-\"\nb: 1")["a"]
    #expect(value == .string("\(expected)-"))
  }

  @Test func `refuses a long chain in good time`() {
    let chain = (0..<20_000).map { "p\($0): ${params.p\($0 + 1)}" }.joined(separator: "\n")
    let verdict = verdict(file(chain + "\np20000: 1"))
    #expect(verdict.contains("params lead on to other params for more than 128 steps"))
    #expect(verdict.split(separator: "\n").count == 2)
  }

  @Test func `follows a chain of fifty`() throws {
    let chain = (0..<50).map { "p\($0): ${params.p\($0 + 1)}" }.joined(separator: "\n")
    #expect(try params(chain + "\np50: 1")["p0"] == 1)
  }

  @Test func `tells of many unknown params in good time`() {
    let many = (0..<10_000).map { "p\($0): ${params.q\($0)}" }.joined(separator: "\n")
    let time = ContinuousClock().measure {
      #expect(verdict(file(many)).contains("unknown param 'params.q0'"))
    }
    #expect(time < .seconds(20))
  }

  @Test func `refuses params that double each other, in lists`() {
    let bomb = (1..<60).map { "p\($0): [\"${params.p\($0 - 1)}\", \"${params.p\($0 - 1)}\"]" }
    let text = file("p0: x\n" + bomb.joined(separator: "\n"))
    #expect(verdict(text).contains("params expand to more than 1048576 values or bytes"))
    #expect(verdict(text).split(separator: "\n").count == 2)
  }

  @Test func `refuses params that double each other, in text`() {
    let bomb = (1..<60).map { "p\($0): \"${params.p\($0 - 1)}${params.p\($0 - 1)}\"" }
    let text = file("p0: x\n" + bomb.joined(separator: "\n"))
    #expect(verdict(text).contains("params expand to more than 1048576 values or bytes"))
  }

  @Test func `sets params, with the types of YAML`() throws {
    let set = ["a.b=0.6", "c=[1, two]", "d=", "e='7'", "params.f={x: 1}", "g=x=y", "h=no"]
    #expect(
      try params("{ a: { b: 1, z: 2 }, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1 }", set: set) == [
        "a": ["b": 0.6, "z": 2], "c": [1, "two"], "d": nil, "e": "7", "f": ["x": 1], "g": "x=y",
        "h": "no",
      ])
  }

  @Test func `sets a param before others refer to it, and the later of two wins`() throws {
    let value = try params("a: ${params.b}\nb: 1", set: ["b=2", "b=3"])
    #expect(value == ["a": 3, "b": 3])
  }
}
