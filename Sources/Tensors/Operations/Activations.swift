import CKernels

extension Tensor {
  /// `x <= 0 ? +0 : x`; NaN passes. Gradient where `x > 0`.
  public func relu() -> Tensor {
    let y = Tensor.unary(CK_RELU, self)
    return y.recorded(from: [self], keeping: [y]) { [$0.gradient.gated(by: $0.kept[0])] }
  }

  /// `gate > 0 ? x : +0`, for a gate of the same shape. Gradient: `dy` through the same gate; none to it.
  func gated(by gate: Tensor) -> Tensor {
    Tensor.binary(CK_GATE, "gated", self, gate).recorded(from: [self], keeping: [gate.detached()]) {
      [$0.gradient.gated(by: $0.kept[0])]
    }
  }

  /// `x > 0 ? x : slope · x`. Gradient: `dy` where `x > 0`, else `slope · dy`.
  public func leakyReLU(slope: Float = 0.01) -> Tensor {
    let y = Tensor.binary(CK_LEAKY_RELU, "leakyReLU", self, Tensor(slope))
    // Both have the same sign where the slope is positive, and the result is what others keep anyway.
    return y.recorded(from: [self], keeping: [slope > 0 ? y : self]) {
      [$0.gradient.leaking(by: $0.kept[0], slope)]
    }
  }

  /// `gate > 0 ? x : slope · x`, for a gate of the same shape. Gradient: `dy` likewise; none to the gate.
  private func leaking(by gate: Tensor, _ slope: Float) -> Tensor {
    Tensor.ternary(CK_LEAKY_GATE, "leaking", self, gate, Tensor(slope))
      .recorded(from: [self], keeping: [gate.detached()]) {
        [$0.gradient.leaking(by: $0.kept[0], slope)]
      }
  }

  /// `1 / (1 + e⁻ˣ)`, within 2.41 ulp. Gradient: `dy · (y · (1 - y))`.
  public func sigmoid() -> Tensor {
    let y = Tensor.unary(CK_SIGMOID, self)
    return y.recorded(from: [self], keeping: [y]) { back in
      [back.gradient * (back.kept[0] * (1 - back.kept[0]))]
    }
  }

  /// The hyperbolic tangent, within 1.34 ulp. Gradient: `dy · (1 - y²)`, by fma.
  public func tanh() -> Tensor {
    let y = Tensor.unary(CK_TANH, self)
    return y.recorded(from: [self], keeping: [y]) { back in
      let y = back.kept[0]
      return [back.gradient * (-y).multiplied(by: y, adding: Tensor(1))]
    }
  }

  /// `x · Φ(x)`, `Φ(x) = (1 + erf(x/√2)) / 2` (Hendrycks & Gimpel, 2016; the exact form).
  public func gelu() -> Tensor {
    self * ((self * Float(0.5.squareRoot())).erf() + 1) * 0.5
  }

  /// `log(1 + eˣ)`, without overflow. Gradient: `dy · sigmoid(x)`.
  public func softplus() -> Tensor {
    Tensor.unary(CK_SOFTPLUS, self).recorded(from: [self], keeping: [self]) {
      [$0.gradient * $0.kept[0].sigmoid()]
    }
  }
}
