extension Shape {
  /// Two of `[…, classes]` → `[]`.
  public static func klDivergence(_ p: [Int], _ q: [Int]) throws(ShapeError) {
    guard p == q, !p.isEmpty else {
      throw ShapeError("klDivergence", "the shapes \(p) and \(q) differ or have no rows")
    }
  }
}

extension Tensor {
  /// The mean over the rows of `KL(p ‖ q) = Σ_j p_j (log p_j - log q_j)`, from logarithms: `[…, classes]` → `[]`.
  ///
  /// Both are log-probabilities, such as `logSoftmax` makes; exchanged they give the other direction.
  /// Where `p_j` is 0 the term is +0. The sums follow rule R1, with fma. Gradients to both.
  public static func klDivergence(of logP: Tensor, from logQ: Tensor) -> Tensor {
    checked { () throws(ShapeError) in try Shape.klDivergence(logP.shape, logQ.shape) }
    let p = logP.exp()
    let none = p.detached().equal(to: Tensor(0))
    return p.rowDots(none.select(.zeros([]), logP - logQ)).mean()
  }
}
