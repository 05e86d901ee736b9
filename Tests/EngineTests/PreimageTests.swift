import Documents
import Engine
import Pipelines
import Store
import Testing

/// A key that cannot lie: what determines a result is in it, nothing else is.
@Suite struct PreimageTests {
  private let content = Content(hashing: Array("input".utf8))

  private func key(
    _ kind: any StageKind.Type = Length.self, config: Value = ["times": 1], seed: UInt64? = 1,
    inputs: [String: Content]? = nil
  ) -> Digest {
    Preimage(kind: kind, config: config, seed: seed, inputs: inputs ?? ["text": content]).key
  }

  @Test func `keeps its form: the key of a known stage is a golden digest`() {
    let preimage = Preimage(
      kind: Length.self, config: ["times": 3], seed: 7, inputs: ["text": content])
    let expected =
      #"{"arithmetic":"i:1","config":{"times":"i:3"},"inputs":{"text":{"sha256":"s:\#(content.sha256)","#
      + #""xxh3":"s:\#(content.digest)"}},"kind":"s:length","outputs":["s:count","s:items"],"#
      + #""seed":"s:7","type":"s:stage","version":"i:1"}"#
    #expect(String(decoding: preimage.canonicalBytes, as: UTF8.self) == expected)
    #expect(preimage.key.description == Digest(hashing: Array(expected.utf8)).description)
  }

  @Test(
    arguments: [
      (["times": 1], ["times": 1.0]), (["times": 1], ["times": "1"]), (["times": nil], [:]),
      (["times": true], ["times": 1]), (["times": 0.0], ["times": -0.0]),
      (["a": ["ab", "c"]], ["a": ["a", "bc"]]), (["a": [1, 2]], ["a": [2, 1]]),
      (["a": "\u{E9}"], ["a": "e\u{301}"]), (["a": "x\r\n"], ["a": "x\n"]),
      (["a": 9_007_199_254_740_992], ["a": 9_007_199_254_740_993]),
      (["a": 0.1], ["a": .float(0.1.nextUp)]),
    ] as [(Value, Value)])
  func `different configs have different keys`(pair: (Value, Value)) {
    #expect(key(config: pair.0) != key(config: pair.1))
  }

  @Test func `seeds modulo 2^32 and 2^64 are different, no seed is no zero`() {
    let seeds: [UInt64?] = [nil, 0, 1, 1 << 32, 1 << 32 + 1, .max, .max - 1]
    #expect(Set(seeds.map { key(seed: $0) }).count == seeds.count)
  }

  @Test func `inputs enter by name and content`() {
    let other = Content(hashing: Array("other".utf8))
    let keys = [
      key(inputs: ["text": content]), key(inputs: ["text": other]),
      key(inputs: ["text": content, "other": other]),
      key(inputs: ["text": other, "other": content]),
    ]
    #expect(Set(keys).count == keys.count)
  }

  @Test func `what is not in the key changes nothing: names, comments, layout, quoting, notes`()
    throws
  {
    let plain = try resolved(
      "stages:\n  a:\n    uses: constant\n    config: { text: x, note: one }\n")
    let dressed = try resolved(
      """
      # a comment
      name: "another name"
      seed: 9
      stages:
        other-name:
          config:
            note: two
            text: "x"
          uses: 'constant'
      """)
    func key(_ pipeline: ResolvedPipeline) -> Digest {
      let stage = pipeline.stages[0]
      return Preimage(kind: Constant.self, config: stage.keyedConfig, seed: stage.seed, inputs: [:])
        .key
    }
    #expect(key(plain) == key(dressed))
    #expect(plain.stages[0].config != dressed.stages[0].config)
  }
}
