import Corpus
import Store
import Testing

@Suite struct DigestTests {
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `reads back what it prints`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let digest = Digest(high: random.next(), low: random.next())
    #expect(try Digest(parsing: digest.description) == digest)
    #expect(digest.description.utf8.count == 32)
    let sha256 = SHA256(hashing: Array(digest.description.utf8))
    #expect(try SHA256(parsing: sha256.description) == sha256)
  }

  @Test(arguments: [
    "", "3f9ac4", String(repeating: "G", count: 32), String(repeating: "A", count: 32),
  ])
  func `refuses what is no digest`(text: String) {
    #expect(throws: StoreError.malformedDigest(text)) { try Digest(parsing: text) }
    #expect(throws: StoreError.malformedDigest(text)) { try SHA256(parsing: text) }
  }

  /// From `xxhsum -H2` and `sha256sum`.
  @Test func `is the digest that others compute`() {
    #expect(Digest(hashing: []).description == "99aa06d3014798d86001c324468d497f")
    #expect(
      SHA256(hashing: Array("abc".utf8)).description
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func `is ordered as it is written`() {
    var random = SplitMix64(seed: 1)
    let digests = (0..<100).map { _ in Digest(high: random.next() & 3, low: random.next()) }
    #expect(digests.sorted().map(\.description) == digests.map(\.description).sorted())
  }
}
