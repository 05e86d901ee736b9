/// One trainable array of a model: its name as PyTorch would have it, and its shape.
struct ParameterLayout: Equatable {
  let name: String
  let shape: [Int]
  /// The inputs that one output of the layer sums over; sets the range of the initial values.
  let fanIn: Int
}

extension ModelDescription {
  /// The parameters in order, weights before their bias.
  func layout(inputShape: [Int], classes: Int) throws(ModelError) -> [ParameterLayout] {
    guard classes > 0, !inputShape.isEmpty, inputShape.allSatisfy({ $0 > 0 }) else {
      throw .badSize(self, inputShape: inputShape, classes: classes)
    }
    switch self {
    case .lenet:
      guard inputShape.count == 3, let features = LeNet.features(of: inputShape) else {
        throw .badSize(self, inputShape: inputShape, classes: classes)
      }
      return convolution("conv1", [6, inputShape[0], 5, 5]) + convolution("conv2", [16, 6, 5, 5])
        + linear("fc1", features, 120) + linear("fc2", 120, 84) + linear("fc3", 84, classes)
    case .mlp(let hidden):
      let sizes = [inputShape.reduce(1, *)] + hidden + [classes]
      return (1..<sizes.count).flatMap { linear("fc\($0)", sizes[$0 - 1], sizes[$0]) }
    }
  }

  private func convolution(_ name: String, _ shape: [Int]) -> [ParameterLayout] {
    let fanIn = shape[1] * shape[2] * shape[3]
    return [
      ParameterLayout(name: "\(name).weight", shape: shape, fanIn: fanIn),
      ParameterLayout(name: "\(name).bias", shape: [shape[0]], fanIn: fanIn),
    ]
  }

  private func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> [ParameterLayout] {
    [
      ParameterLayout(name: "\(name).weight", shape: [outputs, inputs], fanIn: inputs),
      ParameterLayout(name: "\(name).bias", shape: [outputs], fanIn: inputs),
    ]
  }
}
