/// `cos(π x)` for `x` in `0...1`, in binary64 by `+ - * /` alone, within 2 ulp of 1; exact at 0, ½ and 1.
///
/// Taylor's series on `0...π/4`, of the cosine or of the sine. The folds of `x` are exact.
func cosineOfPi(times x: Double) -> Double {
  if x > 0.5 { return -cosineOfPi(times: 1 - x) }
  let isNearOne = x <= 0.25
  let t = (isNearOne ? x : 0.5 - x) * Double.pi
  let z = t * t
  var sum = 1.0
  for n in stride(from: isNearOne ? 18 : 19, to: 1, by: -2) {
    sum = 1 - z / Double(n * (n - 1)) * sum
  }
  return isNearOne ? sum : t * sum
}
