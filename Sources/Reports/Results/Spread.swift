/// The mean of some values, and how they spread around it.
public struct Spread: Hashable, Sendable {
  public let count: Int
  /// Not a number where there are no values.
  public let mean: Double
  /// The root of the mean squared distance from the mean: divided by the number of values, not by one less.
  public let populationDeviation: Double

  /// The values, summed in the order given. Two passes, so that a common offset costs no digits.
  public init(_ values: [Double]) {
    count = values.count
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    populationDeviation = (squares / Double(values.count)).squareRoot()
  }

  /// The estimate of the deviation of what the values are a sample of; `nil` of fewer than two.
  public var sampleDeviation: Double? {
    guard count > 1 else { return nil }
    return populationDeviation * (Double(count) / Double(count - 1)).squareRoot()
  }
}
