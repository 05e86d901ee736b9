/// What a model computes, apart from the sizes of its input and output.
public enum ModelDescription: Sendable, Hashable {
  /// LeNet-5 as the field uses it: two 5×5 convolutions of 6 and 16 maps, the first padded by 2, each
  /// with ReLU and a 2×2 maximum; then 120, 84 and the classes.
  case lenet
  /// Fully connected layers with ReLU between them.
  case mlp(hidden: [Int])
}

extension ModelDescription: CustomStringConvertible {
  /// `lenet`, `mlp(64)`, `mlp(256,128)`; `init(parsing:)` reads it.
  public var description: String {
    switch self {
    case .lenet: "lenet"
    case .mlp(let hidden): "mlp(\(hidden.map(String.init).joined(separator: ",")))"
    }
  }

  public init?(parsing text: String) {
    if text == "lenet" {
      self = .lenet
      return
    }
    guard text.hasPrefix("mlp("), text.hasSuffix(")") else { return nil }
    let inside = text.dropFirst(4).dropLast()
    let sizes = inside.isEmpty ? [] : inside.split(separator: ",", omittingEmptySubsequences: false)
    let hidden = sizes.compactMap { Int($0) }
    guard hidden.count == sizes.count, hidden.allSatisfy({ 1...(1 << 24) ~= $0 }) else {
      return nil
    }
    self = .mlp(hidden: hidden)
  }
}
