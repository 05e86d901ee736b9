public import Tensors

extension RandomStream {
  /// The number of the Beta distribution with both parameters `alpha` that belongs to an element.
  ///
  /// `Gₐ / (Gₐ + G_b)` of two Gamma variates, computed as `1 / (1 + exp(log G_b - log Gₐ))` so that a small `alpha`
  /// does not underflow. All in binary64 with `+ - * / √` and this file's `log` and `exp`, rounded once.
  public func symmetricBeta(_ alpha: Double, at element: UInt64) -> Float {
    let first = logGamma(alpha, from: element << 8)
    let second = logGamma(alpha, from: element << 8 | 128)
    return Float(1 / (1 + definedExp(second - first)))
  }

  /// The logarithm of a Gamma variate (Marsaglia & Tsang, 2000) by the 128 words from `first` on.
  ///
  /// Attempt `k` takes block `k`: a normal number of words 0 and 1, a uniform one of words 2 and 3. Block 31 is
  /// left for `alpha < 1`, where `log G = log G(alpha + 1) + log(u) / alpha`. Less than one in 20 is rejected;
  /// the 31st attempt would be taken as it is.
  private func logGamma(_ alpha: Double, from first: UInt64) -> Double {
    let boost = alpha < 1 ? definedLog(openUniform(at: first + 124)) / alpha : 0
    let d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    for attempt in 0..<31 as Range<UInt64> {
      let place = first + 4 * attempt
      let x = Double(normal(1, from: place)[0])
      let root = 1 + c * x
      let v = root * root * root
      guard v > 0 else { continue }
      let u = definedLog(openUniform(at: place))
      if u < 0.5 * x * x + d - d * v + d * definedLog(v) || attempt == 30 {
        return definedLog(d * v) + boost
      }
    }
    return definedLog(d) + boost
  }

  /// A number in (0, 1) of the upper 52 bits of words 2 and 3 of the block at `place`: `(k + ½) · 2⁻⁵²`.
  private func openUniform(at place: UInt64) -> Double {
    let words = words(2, from: place + 2)
    let bits = UInt64(words[0]) << 32 | UInt64(words[1])
    return (Double(bits >> 12) + 0.5) * 0x1p-52
  }
}

/// The natural logarithm of a positive normal number, within a few ulp: `e · ln 2 + 2 artanh(s)`,
/// `s = (m - 1) / (m + 1)`, `m` in `[√½, √2)`, by its series.
func definedLog(_ x: Double) -> Double {
  var (e, m) = (Double(x.exponent), x.significand)
  if m > 1.414_213_562_373_095_1 {
    m /= 2
    e += 1
  }
  let s = (m - 1) / (m + 1)
  let z = s * s
  var sum = 0.0
  for n in stride(from: 21, through: 1, by: -2) { sum = sum * z + 1 / Double(n) }
  return e * 0.693_147_180_559_945_3 + 2 * s * sum
}

/// `e` to the power of `x` within a few ulp of the exponent's size; 0 below -700 and infinite above 700.
///
/// `2ⁿ · exp(r)`, `n` the integer nearest to `x / ln 2`, `r` in two parts, by Taylor's series.
func definedExp(_ x: Double) -> Double {
  if x > 700 { return .infinity }
  if x < -700 { return 0 }
  let n = (x / 0.693_147_180_559_945_3).rounded(.toNearestOrEven)
  let r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33
  var sum = 1.0
  for k in stride(from: 14, through: 1, by: -1) { sum = 1 + r / Double(k) * sum }
  return Double(sign: .plus, exponent: Int(n), significand: sum)
}
