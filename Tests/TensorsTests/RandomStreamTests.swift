import Tensors
import Testing

@Suite struct RandomStreamTests {
  @Test func `words are Philox4x32-10's`() {
    let stream = RandomStream(seed: 0, id: 0)
    #expect(stream.words(4) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
  }

  @Test func `normal numbers are the defined ones`() {
    let bits = RandomStream(seed: 0, id: 0).normal(4).map(\.bitPattern)
    #expect(bits == [0x3f7d_bb30, 0xbf6c_b6b3, 0xbf1e_1ba1, 0xbef6_d1ab])
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 7, 1022] as [UInt64])
  func `an element is the same wherever a draw begins`(first: UInt64) {
    let stream = RandomStream(seed: 11, purpose: "somewhere")
    let start = Int(first)
    #expect(stream.words(9, from: first) == Array(stream.words(start + 9)[start...]))
    #expect(stream.uniform(9, from: first) == Array(stream.uniform(start + 9)[start...]))
    #expect(stream.normal(9, from: first) == Array(stream.normal(start + 9)[start...]))
    #expect(stream.uniform(at: first) == stream.uniform(1, from: first)[0])
  }

  @Test func `purposes and seeds do not share numbers`() {
    let a = RandomStream(seed: 1, purpose: "noise").words(64)
    let b = RandomStream(seed: 1, purpose: "noises").words(64)
    let c = RandomStream(seed: 2, purpose: "noise").words(64)
    #expect(Set(a).isDisjoint(with: b))
    #expect(Set(a).isDisjoint(with: c))
    #expect(RandomStream(seed: 1, purpose: "").id == 0x2d06_8005_38d3_94c2)
  }

  @Test func `uniform numbers stay in their range and fill it`() {
    let values = RandomStream(seed: 5, purpose: "uniform").uniform(100_000, low: -3, high: 1)
    #expect(values.allSatisfy { $0 >= -3 && $0 <= 1 })
    let mean = values.reduce(0) { $0 + Double($1) } / 100_000
    #expect(abs(mean + 1) < 4 * 4 / (12.0 * 100_000).squareRoot())
  }

  @Test(arguments: [0, 1, 2, 3, 10, 1000])
  func `a permutation holds every number once`(count: Int) {
    let order = RandomStream(seed: 9, purpose: "shuffle@1").permutation(of: count)
    #expect(order.sorted() == (0..<Int32(count)).map { $0 })
  }

  @Test func `a permutation is Fisher–Yates over words 0 and 1 of each block`() {
    let stream = RandomStream(seed: 4, purpose: "shuffle@2")
    let words = stream.words(40)
    var expected = (0..<10).map { Int32($0) }
    for i in (1..<10).reversed() {
      let r =
        Double(words[4 * i + 1]) / 4_294_967_296 + Double(words[4 * i]) / 18_446_744_073_709_551_616
      expected.swapAt(i, Int(r * Double(i + 1)))
    }
    #expect(stream.permutation(of: 10) == expected)
  }

  @Test func `every order of three comes equally often`() {
    var counts: [[Int32]: Int] = [:]
    for epoch in 0..<6000 {
      let order = RandomStream(seed: 1, purpose: "shuffle@\(epoch)").permutation(of: 3)
      counts[order, default: 0] += 1
    }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 120 })
  }
}
