import CKernels

/// Comparisons give 1 where they hold and +0 where not, as everywhere with NaN but in `notANumber`; they
/// have no gradient.
extension Tensor {
  public func equal(to other: Tensor) -> Tensor {
    Tensor.binary(CK_EQUAL, "equal", self, other)
  }

  public func less(than other: Tensor) -> Tensor {
    Tensor.binary(CK_LESS, "less", self, other)
  }

  public func lessOrEqual(to other: Tensor) -> Tensor {
    Tensor.binary(CK_LESS_OR_EQUAL, "lessOrEqual", self, other)
  }

  public func greater(than other: Tensor) -> Tensor { other.less(than: self) }

  public func greaterOrEqual(to other: Tensor) -> Tensor { other.lessOrEqual(to: self) }

  /// 1 where an element is NaN.
  public func notANumber() -> Tensor { Tensor.unary(CK_IS_NAN, self) }

  /// `a` where this tensor, a condition, is not 0, and `b` where it is. Gradients: `dy` to the one taken.
  public func select(_ a: Tensor, _ b: Tensor) -> Tensor {
    let y = Tensor.ternary(CK_SELECT, "select", self, a, b)
    return y.recorded(from: [a, b], keeping: [detached()]) { [a = a.shape, b = b.shape] back in
      let (dy, condition) = (back.gradient, back.kept[0])
      return [
        back.share(0, condition.select(dy, .zeros([])).summed(to: a)),
        back.share(1, condition.select(.zeros([]), dy).summed(to: b)),
      ]
    }
  }

  /// The larger of two, `a > b ? a : b`. Gradient to the one taken.
  public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
    extremum(CK_MAXIMUM, "maximum", a, b) { a, b in a.greater(than: b) }
  }

  /// The smaller of two, `a < b ? a : b`. Gradient to the one taken.
  public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
    extremum(CK_MINIMUM, "minimum", a, b) { a, b in a.less(than: b) }
  }

  private static func extremum(
    _ operation: Int, _ name: String, _ a: Tensor, _ b: Tensor,
    takesFirst: @escaping (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    binary(operation, name, a, b).recorded(from: [a, b], keeping: [a, b]) { back in
      let (dy, a, b) = (back.gradient, back.kept[0], back.kept[1])
      let first = takesFirst(a, b)
      return [
        back.share(0, first.select(dy, .zeros([])).summed(to: a.shape)),
        back.share(1, first.select(.zeros([]), dy).summed(to: b.shape)),
      ]
    }
  }

  /// `x < low ? low : x > high ? high : x`; NaN passes. Gradient where `low < x < high`.
  public func clamped(atLeast low: Float = -.infinity, atMost high: Float = .infinity) -> Tensor {
    let y = Tensor.ternary(CK_CLAMP, "clamped", self, Tensor(low), Tensor(high))
    return y.recorded(from: [self], keeping: [self]) { back in
      let x = back.kept[0]
      let inside = x.greater(than: Tensor(low)) * x.less(than: Tensor(high))
      return [inside.select(back.gradient, .zeros([]))]
    }
  }
}
