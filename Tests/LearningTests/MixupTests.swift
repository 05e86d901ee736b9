import Learning
import Tensors
import Testing

@Suite struct MixupTests {
  private let draws = AugmentationDraws(seed: 9, epoch: 4)

  @Test(arguments: [0.05, 0.2, 0.5, 1, 4, 32])
  func `shares have the moments of the Beta distribution`(alpha: Double) {
    let stream = RandomStream(seed: 1, purpose: "beta")
    let count = 20_000
    let shares = (0..<count).map { Double(stream.symmetricBeta(alpha, at: UInt64($0))) }
    #expect(shares.allSatisfy { (0...1).contains($0) })
    func moment(_ power: Int) -> Double {
      shares.reduce(0) { sum, x in
        sum + (0..<power).reduce(1) { product, _ in product * (x - 0.5) }
      } / Double(count)
    }
    let variance = 1 / (4 * (2 * alpha + 1))
    let kurtosis = 3 * (2 * alpha + 1) / (2 * alpha + 3)
    // Five standard errors of each.
    #expect(abs(moment(1)) < 5 * (variance / Double(count)).squareRoot())
    #expect(abs(moment(2) - variance) < 5 * variance * (kurtosis / Double(count)).squareRoot())
    #expect(abs(moment(4) / (variance * variance) - kurtosis) < 0.15 * kurtosis)
  }

  @Test func `a share belongs to its element`() {
    let stream = RandomStream(seed: 1, purpose: "beta")
    let found = [0, 1, 2, 1000].map { stream.symmetricBeta(0.75, at: $0).bitPattern }
    #expect(found == [0x3e8a_4d86, 0x3f70_8ddb, 0x3f77_71da, 0x3d87_66fd])
  }

  @Test func `every sample is mixed with another, whatever the order`() {
    let count = 24
    let inputs = Tensor(
      shape: [count, 2], values: (0..<2 * count).map { Float($0) })
    let ids = (0..<count).map { 5 * $0 + 2 }
    for scope in Mixup.Scope.allCases {
      let mixup = Mixup(alpha: 0.75, scope: scope, keepsLarger: true)
      let batch = mixup(inputs, ids: ids, draws: draws, step: 3)
      #expect(Set(batch.partners).count == count)
      #expect(batch.partners.enumerated().allSatisfy { $0 != Int($1) })
      let lambda = batch.lambda.values
      #expect(lambda.allSatisfy { (0.5...1).contains($0) })
      #expect((Set(lambda).count == 1) == (scope == .batch))
      for row in 0..<count {
        let expected = lambda[row] * Float(row) + (1 - lambda[row]) * Float(batch.partners[row])
        #expect(abs(batch.inputs.values[2 * row] / 2 - expected) < 1e-4)
      }
      let order = RandomStream(seed: 1, purpose: "order").permutation(of: count)
      let moved = mixup(
        inputs.selectingRows(order), ids: order.map { ids[Int($0)] }, draws: draws, step: 3)
      #expect(moved.inputs.values == batch.inputs.selectingRows(order).values)
    }
  }

  @Test func `a lone sample stays as it is`() {
    let batch = Mixup(alpha: 1)(
      Tensor(shape: [1, 2], values: [4, 8]), ids: [3], draws: draws, step: 0)
    #expect(batch.partners == [0])
    #expect(zip(batch.inputs.values, [4, 8]).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
