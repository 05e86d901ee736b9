import Tensors

/// One layer of a model, as a pass found it.
public struct LayerSummary: Hashable, Sendable {
  /// Empty for a layer without arrays.
  public let name: String
  /// `convolution 3×3, stride 2`.
  public let kind: String
  /// Of one sample's result.
  public let outputShape: [Int]
  /// How many numbers are trained in it.
  public let parameterCount: Int
}

extension ModelDescription {
  /// How many numbers are trained, without making them.
  ///
  /// - Throws: What does not fit.
  public func parameterCount(inputShape: [Int], classes: Int) throws(ModelError) -> Int {
    try network(inputShape: inputShape, classes: classes).parameters
      .reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}

extension Model {
  /// How many numbers are trained.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }

  /// The layers in the order in which they compute, the shapes as a pass over one sample of zeros has them;
  /// a block comes after the layers inside it.
  public var summary: [LayerSummary] {
    let pass = frozen().pass(.evaluation)
    var rows: [LayerSummary] = []
    pass.onLayer = { layer, result in
      rows.append(
        LayerSummary(
          name: layer.name, kind: layer.kind, outputShape: Array(result.shape.dropFirst()),
          parameterCount: parameters[layer.parameters].reduce(0) { $0 + $1.tensor.count }))
    }
    _ = forward(.zeros([1] + inputShape), pass)
    return rows
  }

  /// The first layer of a step whose result is infinite or NaN, as an error names it: `'conv3' (convolution 3×3)`.
  func firstDivergedLayer(_ batch: Tensor, _ step: TrainingPass) -> String? {
    var again = step
    if again.statistics == .moving { again.statistics = .still }
    let pass = frozen().pass(.training(again))
    var found: String?
    pass.onLayer = { layer, result in
      guard found == nil, !result.isFinite else { return }
      found = layer.name.isEmpty ? "a layer (\(layer.kind))" : "'\(layer.name)' (\(layer.kind))"
    }
    _ = forward(batch, pass)
    return found
  }
}
