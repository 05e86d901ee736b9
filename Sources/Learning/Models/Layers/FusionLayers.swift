import Tensors

/// Cuts a flat vector into views, each with layers of its own: their results side by side,
/// `[batch, Σ sizes]` → `[batch, views · hidden]`.
struct ViewsLayer: Layer {
  /// One for each view.
  let sizes: [Int]
  let encoders: [[any Layer]]

  var kind: String { "\(sizes.count) views" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    var start = 0
    var results: [Tensor] = []
    for (size, encoder) in zip(sizes, encoders) {
      results.append(encoder.forward(x.sliced(axis: 1, start..<start + size), pass))
      start += size
    }
    return Tensor.concatenated(results, axis: 1)
  }
}

/// The sum of the views, the first first: `[batch, views · hidden]` → `[batch, hidden]`.
struct ViewSumLayer: Layer {
  let views: Int

  var kind: String { "sum of the views" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    let parts = x.parts(views)
    return parts.dropFirst().reduce(parts[0], +)
  }
}

/// `Σᵣ ∏ᵥ (Wᵥʳ hᵥ + bᵥʳ)`, the low-rank fusion of Liu et al., ACL 2018: `[batch, views · hidden]` →
/// `[batch, hidden]`. Products run over the views, then sums over the ranks, both ascending.
struct LowRankProductLayer: Layer {
  let name: String
  /// `Wᵥ`, `[rank · hidden, hidden]`, and `bᵥ`, for each view.
  let parameters: Range<Int>
  let views: Int
  let rank: Int

  var kind: String { "product of the views, rank \(rank)" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    let weights = Array(pass.weights[parameters])
    let factors = x.parts(views).enumerated().map { view, h in
      h.linear(weight: weights[2 * view], bias: weights[2 * view + 1])
    }
    let product = factors.dropFirst().reduce(factors[0], *)
    let terms = product.parts(rank)
    return terms.dropFirst().reduce(terms[0], +)
  }
}

extension Tensor {
  /// `[batch, columns]` cut into `count` of equal width.
  fileprivate func parts(_ count: Int) -> [Tensor] {
    let width = shape[1] / count
    return (0..<count).map { sliced(axis: 1, $0 * width..<($0 + 1) * width) }
  }
}
