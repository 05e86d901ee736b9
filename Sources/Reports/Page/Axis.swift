/// An axis of a chart: a range of round numbers, and where its ticks are.
package struct Axis: Hashable {
  package let low: Double
  package let high: Double
  package let ticks: [Double]
  /// Digits after the point that tell the ticks apart.
  package let places: Int

  /// The axis that shows all of the numbers, which are finite. `count` ticks are aimed at.
  package init(showing values: [Double], count: Int = 5, whole: Bool = false) {
    // Beyond this nothing is to be seen, and differences would not be finite.
    let most = 1e150
    var low = max(values.min() ?? 0, -most)
    var high = min(values.max() ?? 1, most)
    if low > high { (low, high) = (high, low) }
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300) {
      let margin = whole ? 1 : max(abs(high) * 0.1, 1e-6)
      (low, high) = (low - margin, high + margin)
    }
    var step = Self.roundStep((high - low) / Double(count))
    if whole { step = max(step.rounded(.up), 1) }
    let (first, last) =
      whole
      ? ((low / step).rounded(.up), (high / step).rounded(.down))
      : ((low / step).rounded(.down), (high / step).rounded(.up))
    let steps = Int(min(max(last - first, 0), 50))
    ticks = (0...steps).map { (first + Double($0)) * step }
    self.low = whole ? low : min(low, ticks.first ?? low)
    self.high = whole ? high : max(high, ticks.last ?? high)
    var places = 0
    while places < 9, (step * Self.power(places)).rounded() / Self.power(places) != step,
      abs((step * Self.power(places)).rounded() / Self.power(places) - step) > step * 1e-6
    { places += 1 }
    self.places = places
  }

  /// 0 at the lower end, 1 at the upper.
  package func share(_ value: Double) -> Double { (value - low) / (high - low) }

  package func text(_ tick: Double) -> String {
    abs(tick) >= 1e6 || (tick != 0 && abs(tick) < 1e-6)
      ? NumberText.figure(tick) : NumberText.decimals(tick, places)
  }

  /// 1, 2 or 5 times a power of ten, not below `step`.
  private static func roundStep(_ step: Double) -> Double {
    var magnitude = 1.0
    while magnitude * 10 <= step && magnitude < 1e300 { magnitude *= 10 }
    while magnitude > step && magnitude > 1e-300 { magnitude /= 10 }
    for factor in [1.0, 2, 5, 10] where factor * magnitude >= step * 0.999999 {
      return factor * magnitude
    }
    return 10 * magnitude
  }

  private static func power(_ places: Int) -> Double {
    (0..<places).reduce(1.0) { power, _ in power * 10 }
  }
}
