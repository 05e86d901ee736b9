/// `e` to the power of `x`, from `+ - * /` alone, so its bits are the same everywhere; within 2 ulp, and +0
/// below -745.
///
/// `x = n log 2 + r`, `|r| <= log 2 / 2`, and Taylor's polynomial of degree 13 in `r`.
func exponential(_ x: Double) -> Double {
  guard x > -745.2 else { return x.isNaN ? x : 0 }
  guard x < 709.8 else { return .infinity }
  let n = (x / 0x1.62e42fefa39efp-1).rounded(.toNearestOrEven)
  // The upper part of log 2 ends in zeros: n times it is exact.
  let r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33
  var sum = 1.0
  for k in stride(from: 13.0, through: 1, by: -1) { sum = 1 + r / k * sum }
  return Double(sign: .plus, exponent: Int(n), significand: sum)
}

/// The natural logarithm of a positive, finite number, from `+ - * /` alone; within 2 ulp.
///
/// `x = 2ᵉ m`, `√½ <= m < √2`, and `log m = 2 (s + s³/3 + s⁵/5 + …)`, `s = (m - 1) / (m + 1)`, up to `s²³`.
func logarithm(_ x: Double) -> Double {
  var (e, m) = (Double(x.exponent), x.significand)
  if m > 0x1.6a09e667f3bcdp+0 { (e, m) = (e + 1, m / 2) }
  let s = (m - 1) / (m + 1)
  var sum = 0.0
  for k in stride(from: 23.0, through: 3, by: -2) { sum = s * s * (1 / k + sum) }
  return e * 0x1.62e42fee00000p-1 + (2 * s + (2 * s * sum + e * 0x1.a39ef35793c76p-33))
}
