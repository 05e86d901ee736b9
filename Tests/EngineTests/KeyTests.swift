import Documents
import Engine
import Foundation
import Pipelines
import Store
import Testing

/// Different meanings never share a key, equal meanings always do.
///
/// Keys are had by the road that a run takes: the file is resolved, the engine writes the preimage.
/// What the language refuses has no key: anchors, tags, seeds of 2^63 and more, numbers that are none.
@Suite struct KeyTests {
  @Test(arguments: KeyPair.different)
  func `different meanings have different keys`(pair: KeyPair) throws {
    let (one, other) = (try pair.one.preimage(), try pair.other.preimage())
    #expect(one.key != other.key, "\(one.value.json()) \(other.value.json())")
    #expect(one.value != other.value)
  }

  @Test(arguments: KeyPair.same)
  func `equal meanings have one key`(pair: KeyPair) throws {
    let (one, other) = (try pair.one.preimage(), try pair.other.preimage())
    #expect(one.key == other.key, "\(one.value.json()) \(other.value.json())")
  }

  @Test func `the table is large, and no two of its meanings meet`() throws {
    #expect(KeyPair.different.count > 100 && KeyPair.same.count > 60)
    // Of all the values in a place without a type, those that are told apart in pairs are also told
    // apart in any order and company.
    var values: [Digest: Value] = [:]
    for side in KeyPair.different.flatMap({ [$0.one, $0.other] }) + KeyPair.same.map(\.one) {
      let preimage = try side.preimage()
      #expect(
        values.updateValue(preimage.value, forKey: preimage.key) ?? preimage.value == preimage.value
      )
      #expect(try side.key() == preimage.key)
    }
  }

  @Test(arguments: ["seed: 9223372036854775808", "seed: -1", "seed: 1.0"])
  func `a seed that could be taken for another is refused`(seed: String) {
    #expect(throws: PipelineErrors.self) { try Keyed.kind("", seed).key() }
  }

  @Test func `a folder and a file that spells its list have different keys`() throws {
    let stage = try resolved("stages: { s: { uses: length, inputs: { text: file:x } } }").stages[0]
    let keys = try [Content.Kind.file, .tree].map { kind in
      try Preimage(
        of: stage, kinds: .samples,
        inputs: ["text": Content(hashing: Array("the list".utf8), kind: kind)]
      ).key
    }
    #expect(keys[0] != keys[1])
  }

  // MARK: Generated

  @Test(arguments: 0..<150 as Range<UInt64>)
  func `a value has one key in whatever spelling`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let value = Value.random(depth: 4, using: &random)
    let keys = try (0..<6).map { _ in try key(of: value, using: &random) }
    #expect(Set(keys).count == 1, "\(value.json())")
  }

  @Test(arguments: 0..<150 as Range<UInt64>)
  func `a value that is changed in one place has another key`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let value = Value.random(depth: 4, using: &random)
    for _ in 0..<6 {
      let changed = value.changedInOnePlace(using: &random)
      let (one, other) = (try key(of: value, using: &random), try key(of: changed, using: &random))
      #expect(one != other, "\(value.json()) \(changed.json())")
    }
  }

  /// The key of a command whose config holds the value, in a spelling drawn at random.
  private func key(of value: Value, using random: inout SplitMix64) throws -> Digest {
    let spelled = value.yaml(indent: 8, using: &random)
    return try Keyed(
      "stages:\n  s:\n    run: go\n    outputs: { o: o }\n    config:\n      x:\(spelled)\n"
    ).key()
  }
}
