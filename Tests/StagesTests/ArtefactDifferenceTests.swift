import Learning
import Stages
import Testing

@Suite struct ArtefactDifferenceTests {
  private func checkpoint(_ values: [Float]) -> [UInt8] {
    Safetensors(entries: [
      .init("a.bias", .floats([1, 2])), .init("b.weight", .floats(values)),
    ]).bytes
  }

  @Test func `names the parameter, how many values differ, and by how much`() {
    let text = ArtefactDifference.describe(
      checkpoint([1, 2, 3]), checkpoint([1, Float(2).nextUp, 3]))
    #expect(text.hasPrefix("b.weight: 1 of 3 values differ, by up to 1 ULP (max abs 2.3"))
  }

  @Test func `counts ULPs across zero`() {
    let text = ArtefactDifference.describe(
      checkpoint([-0.0]), checkpoint([Float.leastNonzeroMagnitude]))
    #expect(text.hasPrefix("b.weight: 1 of 1 values differ, by up to 1 ULP"))
  }

  @Test func `compares .npy arrays and plain bytes too`() {
    let npy = ArtefactDifference.describe(
      NPY.bytes(of: .floats([1, 2])), NPY.bytes(of: .floats([1, 4])))
    #expect(npy.hasPrefix("1 of 2 values differ"))
    let bytes = ArtefactDifference.describe(
      [1, 2, 3], [1, 9, 3, 4])
    #expect(bytes == "3 bytes recorded, 4 made, the first difference at byte 1")
  }
}
