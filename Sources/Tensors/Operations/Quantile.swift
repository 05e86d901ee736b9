/// What a quantile between two elements is; the names and definitions are NumPy's.
public enum QuantileInterpolation: String, CaseIterable, Sendable {
  /// `fma(higher - lower, t, lower)`, `t` being how far between them the quantile lies.
  case linear
  case lower
  case higher
  /// The nearer of the two; halfway, the one of even rank.
  case nearest
  /// `(lower + higher) · ½`.
  case midpoint
}

extension Shape {
  /// `[…, columns]`, with at least one, and a level in `0...1` → `[…, 1]`.
  public static func quantile(_ shape: [Int], _ level: Double) throws(ShapeError) -> [Int] {
    guard let columns = shape.last, columns > 0 else {
      throw ShapeError("quantile", "\(shape) has no elements in a row")
    }
    guard 0...1 ~= level else { throw ShapeError("quantile", "level \(level) is not in 0...1") }
    return shape.dropLast() + [1]
  }
}

extension Tensor {
  /// The element of each row below which `level` of the others lie: `[…, columns]` → `[…, 1]`.
  ///
  /// Its rank among the sorted is `level · (columns - 1)`, in binary64. NaN for a row that holds one.
  /// Gradient: `dy` to the element taken, or divided between the two as their weights are.
  public func quantile(
    _ level: Double, interpolation: QuantileInterpolation = .linear
  ) -> Tensor {
    let result = checked { () throws(ShapeError) in try Shape.quantile(shape, level) }
    let (rows, columns) = rowsAndColumns("quantile")
    let rank = level * Double(columns - 1)
    let low = Int(rank.rounded(.down))
    let high = Int(rank.rounded(.up))
    let orders = (0..<rows).map { row in
      let order = rowOrder(row, columns, descending: false)
      let last = row * columns + order[columns - 1]
      // A NaN, which is sorted last, stands for every rank.
      let places = order.map { row * columns + $0 }
      return buffer.pointer[last].isNaN ? places.map { _ in last } : places
    }
    func at(_ rank: Int) -> Tensor { taken(at: orders.map { $0[rank] }).reshaped(result) }
    switch interpolation {
    case .lower: return at(low)
    case .higher: return at(high)
    case .nearest: return at(Int(rank.rounded(.toNearestOrEven)))
    case .midpoint: return low == high ? at(low) : (at(low) + at(high)) * 0.5
    case .linear:
      if low == high { return at(low) }
      let lower = at(low)
      return (at(high) - lower).multiplied(by: Tensor(Float(rank - Double(low))), adding: lower)
    }
  }
}
