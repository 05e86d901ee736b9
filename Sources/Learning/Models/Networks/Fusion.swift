import Tensors

/// A network of several views of one sample, which lie side by side in its vector: for each view a linear
/// layer, ReLU and dropout; the views fused; a linear classifier.
public struct Fusion: Sendable, Hashable {
  public enum Combination: Sendable, Hashable {
    case sum
    case concatenation
    /// `Σᵣ ∏ᵥ (Wᵥʳ [hᵥ; 1])` over this many ranks (Liu et al., ACL 2018).
    case product(rank: Int)
  }

  /// The sizes of the views, in their order.
  public var views: [Int]
  public var hidden: Int
  public var combination: Combination
  public var dropout: Double

  public init(
    views: [Int], hidden: Int = 128, combination: Combination = .sum, dropout: Double = 0.5
  ) {
    self.views = views
    self.hidden = hidden
    self.combination = combination
    self.dropout = dropout
  }
}

extension Fusion {
  /// The encoders are `encoder.<view>`, the product's factors `fusion.<view>`, then `classifier`.
  func layers(_ b: inout NetworkBuilder, classes: Int) throws(ShapeError) -> [any Layer] {
    let size = b.shape.reduce(1, *)
    guard size == views.reduce(0, +) else {
      throw ShapeError("fusion", "views of \(views) do not make up the \(size) of \(b.shape)")
    }
    let flat = b.flatten()
    let encoders = views.enumerated().map { view, size -> [any Layer] in
      b.shape = [size]
      return [
        b.linear("encoder.\(view)", hidden), ActivationLayer.relu,
        DropoutLayer(name: "encoder.\(view)", rate: dropout),
      ]
    }
    var layers: [any Layer] = [flat, ViewsLayer(sizes: views, encoders: encoders)]
    b.shape = [hidden]
    switch combination {
    case .sum: layers.append(ViewSumLayer(views: views.count))
    case .concatenation: b.shape = [views.count * hidden]
    case .product(let rank): layers.append(product(&b, rank: rank))
    }
    return layers + [b.linear("classifier", classes)]
  }

  private func product(_ b: inout NetworkBuilder, rank: Int) -> any Layer {
    let factors = views.indices.map { view in
      b.shape = [hidden]
      return b.linear("fusion.\(view)", rank * hidden).parameters
    }
    b.shape = [hidden]
    return LowRankProductLayer(
      name: "fusion", parameters: factors[0].lowerBound..<factors[factors.count - 1].upperBound,
      views: views.count, rank: rank)
  }
}
