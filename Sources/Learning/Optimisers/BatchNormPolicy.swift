import Tensors

/// What of the batch-norm layers is learned when a trained network is trained further.
public enum BatchNormPolicy: String, Sendable, CaseIterable {
  /// γ and β are trained and the running statistics move.
  case trainable
  /// Everything stays, and the layers compute with their running statistics: evaluation mode.
  case frozen
  /// γ and β stay, the running statistics move: batch norm describes the data, and follows it.
  case statistics

  public var trainsParameters: Bool { self == .trainable }
  public var movesStatistics: Bool { self != .frozen }

  /// The rules that freeze γ and β of the batch-norm layers among `parameters`, where the policy says so;
  /// to be put before all others.
  public func rules(for parameters: [Parameter]) -> [ParameterRule] {
    guard !trainsParameters else { return [] }
    return Self.layers(among: parameters).flatMap { layer in
      ["weight", "bias"].map {
        ParameterRule(.names(NamePattern("\(layer).\($0)")), isFrozen: true)
      }
    }
  }

  /// The names of the layers whose weight has one axis, as γ has: those of convolutions and linear layers
  /// have two at least.
  public static func layers(among parameters: [Parameter]) -> [String] {
    parameters.compactMap { parameter in
      let parts = parameter.name.split(separator: ".")
      guard parts.last == "weight", parameter.tensor.rank == 1 else { return nil }
      return parts.dropLast().joined(separator: ".")
    }
  }
}
