/// Student's distribution with a whole number of degrees of freedom, of which all that is needed is algebraic.
package enum StudentT {
  /// How likely it is to be as far from 0 as `t` on either side: `I_x(ν/2, 1/2)` with `x = ν/(ν + t²)`, the
  /// regularised incomplete beta function (Abramowitz and Stegun, 26.7.1).
  ///
  /// `freedom` is `ν`, 1 or more.
  package static func twoSided(_ t: Double, freedom: Int) -> Double {
    precondition(freedom >= 1)
    if t.isNaN { return .nan }
    if t.isInfinite { return 0 }
    let nu = Double(freedom)
    let x = nu / (nu + t * t)
    let (a, b) = (nu / 2, 0.5)
    // x^a (1 - x)^b / B(a, b), and 1 - x without a difference.
    let y = t * t / (nu + t * t)
    let factor = power(x, half: freedom) * y.squareRoot() * reciprocalBeta(freedom)
    // The fraction converges fast on this side of the mean; on the other, that of the mirror image does.
    if x < (a + 1) / (a + b + 2) { return min(1, factor * continuedFraction(a, b, x) / a) }
    return max(0, 1 - factor * continuedFraction(b, a, y) / b)
  }

  /// The `t` that is exceeded on either side with the probability `alpha`, in 0..<1: 12.706… of 0.05 and one degree
  /// of freedom.
  ///
  /// Found by halving, to the last bit that ``twoSided(_:freedom:)`` tells apart.
  package static func quantile(twoSided alpha: Double, freedom: Int) -> Double {
    precondition(alpha > 0 && alpha < 1)
    var (low, high) = (0.0, 1.0)
    while twoSided(high, freedom: freedom) > alpha, high < 1e150 { (low, high) = (high, high * 2) }
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return high }
      if twoSided(middle, freedom: freedom) > alpha { low = middle } else { high = middle }
    }
  }

  /// `x^(ν/2)`, of whole powers and one root.
  private static func power(_ x: Double, half freedom: Int) -> Double {
    var (result, base, rest) = (1.0, x, freedom / 2)
    while rest > 0 {
      if rest & 1 == 1 { result *= base }
      base *= base
      rest >>= 1
    }
    return freedom & 1 == 1 ? result * x.squareRoot() : result
  }

  /// `1/B(ν/2, 1/2)`: 1/π for one degree of freedom, 1/2 for two, and `(ν+1)/ν` times as much for two more.
  private static func reciprocalBeta(_ freedom: Int) -> Double {
    var value = freedom & 1 == 1 ? 1 / Double.pi : 0.5
    var nu = freedom & 1 == 1 ? 1 : 2
    while nu < freedom {
      value *= Double(nu + 1) / Double(nu)
      nu += 2
    }
    return value
  }

  /// The continued fraction of the incomplete beta function (Abramowitz and Stegun, 26.5.8), by Lentz's method.
  private static func continuedFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var value = d
    for m in 1...10_000 {
      let m = Double(m)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      var change = 1.0
      for term in [even, odd] {
        d = 1 + term * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + term / c
        if abs(c) < tiny { c = tiny }
        change = c * d
        value *= change
      }
      if abs(change - 1) < 1e-16 { break }
    }
    return value
  }
}
