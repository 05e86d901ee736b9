import CKernels

extension Tensor {
  /// `e` to the power of each element, within 1.01 ulp. Gradient: `dy · y`.
  public func exp() -> Tensor {
    let y = Tensor.unary(CK_EXP, self)
    return y.recorded(from: [self], keeping: [y]) { [$0.gradient * $0.kept[0]] }
  }

  /// The natural logarithm of each element, within 0.86 ulp; -∞ at 0, NaN below. Gradient: `dy / x`.
  public func log() -> Tensor {
    Tensor.unary(CK_LOG, self).recorded(from: [self], keeping: [self]) {
      [$0.gradient / $0.kept[0]]
    }
  }

  /// `log(1 + x)`, exact near 0. Gradient: `dy / (1 + x)`.
  public func log1p() -> Tensor {
    Tensor.unary(CK_LOG1P, self).recorded(from: [self], keeping: [self]) {
      [$0.gradient / (1 + $0.kept[0])]
    }
  }

  /// The IEEE square root. Gradient: `dy / (y + y)`.
  public func squareRoot() -> Tensor {
    let y = Tensor.unary(CK_SQRT, self)
    return y.recorded(from: [self], keeping: [y]) {
      [$0.gradient / ($0.kept[0] + $0.kept[0])]
    }
  }

  /// `1 / √x`, two IEEE operations. Gradient: `dy · (-½ · (y · (y · y)))`.
  public func reciprocalSquareRoot() -> Tensor {
    let y = Tensor.unary(CK_RSQRT, self)
    return y.recorded(from: [self], keeping: [y]) { back in
      let y = back.kept[0]
      return [back.gradient * (y * (y * y) * -0.5)]
    }
  }

  /// `1 / x`. Gradient: `-dy · (y · y)`.
  public func reciprocal() -> Tensor {
    let y = Tensor.unary(CK_RECIPROCAL, self)
    return y.recorded(from: [self], keeping: [y]) { [-$0.gradient * ($0.kept[0] * $0.kept[0])] }
  }

  /// `|x|`. Gradient: `dy · sign x`.
  public func magnitude() -> Tensor {
    Tensor.unary(CK_ABSOLUTE, self).recorded(from: [self], keeping: [self]) {
      [$0.gradient * $0.kept[0].sign()]
    }
  }

  /// -1, 0 or 1 (NaN for NaN); no gradient.
  public func sign() -> Tensor { Tensor.unary(CK_SIGN, self) }

  /// The largest integer not above `x`; no gradient.
  public func floor() -> Tensor { Tensor.unary(CK_FLOOR, self) }

  /// The error function. Gradient: `dy · 2/√π · exp(-x²)`.
  public func erf() -> Tensor {
    Tensor.unary(CK_ERF, self).recorded(from: [self], keeping: [self]) { back in
      let x = back.kept[0]
      return [back.gradient * ((-(x * x)).exp() * 0x1.20dd76p+0)]
    }
  }

  /// The sine, of radians. Gradient: `dy · cos x`.
  public func sine() -> Tensor {
    Tensor.unary(CK_SIN, self).recorded(from: [self], keeping: [self]) {
      [$0.gradient * $0.kept[0].cosine()]
    }
  }

  /// The cosine, of radians. Gradient: `-dy · sin x`.
  public func cosine() -> Tensor {
    Tensor.unary(CK_COS, self).recorded(from: [self], keeping: [self]) {
      [-$0.gradient * $0.kept[0].sine()]
    }
  }

  /// `x · x`. Gradient: `dy · x + dy · x`.
  public func squared() -> Tensor { self * self }

  /// `x` to the power of `exponent`, as C's `pow` has it at the limits.
  ///
  /// Gradients: `dy · (b · a^(b-1))`, 0 where `b` is 0, and `dy · (y · log a)`, 0 where `a` is 0.
  public func power(_ exponent: Tensor) -> Tensor {
    let y = Tensor.binary(CK_POWER, "power", self, exponent)
    return y.recorded(from: [self, exponent], keeping: [self, exponent, y]) {
      [aShape = shape, bShape = exponent.shape] back in
      let (dy, a, b, y) = (back.gradient, back.kept[0], back.kept[1], back.kept[2])
      // What is not selected must not be infinite either: its own derivative would be 0 · ∞.
      let (noBase, noExponent) = (a.equal(to: Tensor(0)), b.equal(to: Tensor(0)))
      let slope = noExponent.select(Tensor(1), b) * a.power(noExponent.select(Tensor(2), b) - 1)
      let logarithm = noBase.select(Tensor(1), a).log()
      return [
        back.share(0, (dy * noExponent.select(.zeros([]), slope)).summed(to: aShape)),
        back.share(1, (dy * noBase.select(.zeros([]), y * logarithm)).summed(to: bShape)),
      ]
    }
  }

  public func power(_ exponent: Float) -> Tensor { power(Tensor(exponent)) }
}
