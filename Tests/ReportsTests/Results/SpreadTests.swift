import Foundation
import Reports
import Testing

@Suite struct SpreadTests {
  /// The golden `runs.mean_std` of the reference: three runs each of four settings, and a tuned one of two.
  static let golden: [(values: [Double], mean: Double, population: Double, sample: Double)] = [
    ([0.6914, 0.6948, 0.6828], 0.689666666667, 0.00504997249717, 0.00618492791658),
    ([0.3931, 0.3483, 0.1672], 0.302866666667, 0.0976587368794, 0.11960703714),
    ([0.3759, 0.3362, 0.3069], 0.339666666667, 0.0282755882147, 0.0346303816516),
    ([0.5948, 0.6448], 0.6198, 0.025, 0.0353553390593),
  ]

  @Test(arguments: golden.indices)
  func `is that of the reference, divided by n`(index: Int) throws {
    let (values, mean, population, sample) = Self.golden[index]
    let spread = Spread(values)
    #expect(spread.count == values.count)
    #expect(abs(spread.mean - mean) < 1e-12)
    #expect(abs(spread.populationDeviation - population) < 1e-12)
    #expect(abs(try #require(spread.sampleDeviation) - sample) < 1e-11)
  }

  @Test func `of one value there is no estimate of a deviation, of none no mean`() {
    #expect(Spread([0.5]).populationDeviation == 0)
    #expect(Spread([0.5]).sampleDeviation == nil)
    #expect(Spread([]).mean.isNaN)
  }

  @Test func `an offset costs no digits`() {
    #expect(Spread([1e9 + 1, 1e9 + 2, 1e9 + 3]).populationDeviation == (2.0 / 3).squareRoot())
  }
}
