import Tensors

/// What of the batch-norm layers is learned when a trained network is trained further.
public enum BatchNormPolicy: String, Sendable, CaseIterable {
  /// γ and β go by the rules for parameters, as all others do; the running statistics move.
  case asOthers = "as-others"
  /// γ and β are trained, also where rules freeze them with all others; the running statistics move.
  case trainable
  /// Everything stays, and the layers compute with their running statistics: evaluation mode.
  case frozen
  /// γ and β stay, the running statistics move: batch norm describes the data, and follows it.
  case statistics

  public var movesStatistics: Bool { self != .frozen }

  /// The rules for γ and β of the batch-norm layers among `parameters`, to be put before all others.
  public func rules(for parameters: [Parameter]) -> [ParameterRule] {
    guard self != .asOthers else { return [] }
    return Self.layers(among: parameters).flatMap { layer in
      ["weight", "bias"].map {
        ParameterRule(.names(NamePattern("\(layer).\($0)")), isFrozen: self != .trainable)
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
