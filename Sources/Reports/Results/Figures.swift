/// How numbers are written in tables for people.
package enum Figures {
  /// Digits behind the point that show the deviations to two digits, four at least of what lies in -1...1.
  ///
  /// One number for a whole column, so that its points are below each other; nine at most.
  package static func places(for spreads: [Spread]) -> Int {
    spreads.map(places).max() ?? 4
  }

  private static func places(for spread: Spread) -> Int {
    guard spread.mean.isFinite else { return 0 }
    let size = abs(spread.mean)
    // Less than that is what rounding leaves of equal values.
    if spread.populationDeviation > size * 1e-12 {
      let needed = 1 - exponent(of: spread.populationDeviation)
      return min(9, max(size <= 1 ? 4 : 0, needed))
    }
    if size == 0 || (size >= 1 && spread.mean == spread.mean.rounded()) { return size == 1 ? 4 : 0 }
    return min(9, max(size <= 1 ? 4 : 0, 3 - exponent(of: size)))
  }

  /// The power of ten of the first digit: 0 for 1 to 9.99, -3 for 0.0021.
  private static func exponent(of size: Double) -> Int {
    var (power, exponent) = (1.0, 0)
    while size >= power * 10, exponent < 300 { (power, exponent) = (power * 10, exponent + 1) }
    while size < power, exponent > -300 { (power, exponent) = (power / 10, exponent - 1) }
    return exponent
  }

  /// `places` digits after the point, rounded half away from zero, in every locale alike.
  static func decimals(_ value: Double, _ places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    guard value.isFinite, abs(value) * scale < 9e15 else { return "\(value)" }
    let scaled = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(scaled)" }
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
  }

  /// A probability: three digits behind the point, or two significant ones of a small one.
  static func probability(_ value: Double) -> String {
    if value >= 0.001 { return decimals(value, 3) }
    return value < 1e-9 ? "< 1e-9" : decimals(value, min(10, 1 - exponent(of: value)))
  }
}
