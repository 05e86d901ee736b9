public import Tensors

/// A trainable array and its name.
public struct Parameter {
  public let name: String
  public let tensor: Tensor

  public init(name: String, tensor: Tensor) {
    self.name = name
    self.tensor = tensor
  }
}

/// A network with its weights: from a batch of inputs to logits.
public struct Model {
  public let description: ModelDescription
  /// One sample's shape, `[channels, height, width]` for images.
  public let inputShape: [Int]
  public let classes: Int
  /// In the order of the layers, a weight before its bias, named as PyTorch would.
  public let parameters: [Parameter]

  private init(
    _ description: ModelDescription, inputShape: [Int], classes: Int, parameters: [Parameter]
  ) {
    self.description = description
    self.inputShape = inputShape
    self.classes = classes
    self.parameters = parameters
  }

  /// A new model. Weights and biases are uniform in ±1/√fan-in, each drawn from the stream
  /// `init/<name>`.
  public init(
    _ description: ModelDescription, inputShape: [Int], classes: Int, seed: UInt64
  ) throws(ModelError) {
    let layout = try description.layout(inputShape: inputShape, classes: classes)
    self.init(
      description, inputShape: inputShape, classes: classes,
      parameters: layout.map { item in
        let bound = Float(1 / Double(item.fanIn).squareRoot())
        let stream = RandomStream(seed: seed, purpose: "init/\(item.name)")
        let values = stream.uniform(item.shape.reduce(1, *), low: -bound, high: bound)
        return Parameter(
          name: item.name,
          tensor: Tensor(shape: item.shape, values: values, requiresGradient: true))
      })
  }

  /// A model with the given weights, which must be exactly its own; their order does not matter.
  public init(
    _ description: ModelDescription, inputShape: [Int], classes: Int, weights: [Parameter]
  ) throws(ModelError) {
    let layout = try description.layout(inputShape: inputShape, classes: classes)
    for weight in weights where !layout.contains(where: { $0.name == weight.name }) {
      throw .unexpectedParameter(weight.name, description)
    }
    var parameters: [Parameter] = []
    for item in layout {
      guard let weight = weights.first(where: { $0.name == item.name }) else {
        throw .missingParameter(item.name, description)
      }
      guard weight.tensor.shape == item.shape else {
        throw .wrongShape(item.name, found: weight.tensor.shape, expected: item.shape)
      }
      parameters.append(
        Parameter(
          name: item.name,
          tensor: Tensor(shape: item.shape, values: weight.tensor.values, requiresGradient: true)))
    }
    self.init(description, inputShape: inputShape, classes: classes, parameters: parameters)
  }

  /// The logits of a batch: `[batch] + inputShape` → `[batch, classes]`.
  public func logits(_ batch: Tensor) -> Tensor {
    guard Array(batch.shape.dropFirst()) == inputShape else {
      fatalError("logits: a batch of shape \(batch.shape) for inputs of shape \(inputShape)")
    }
    let tensors = parameters.map(\.tensor)
    return switch description {
    case .lenet: LeNet.forward(batch, tensors)
    case .mlp: Perceptron.forward(batch, tensors)
    }
  }

  /// The same model for computing only: shares the weights as they are now and later, keeps no graph.
  public func frozen() -> Model {
    Model(
      description, inputShape: inputShape, classes: classes,
      parameters: parameters.map { Parameter(name: $0.name, tensor: $0.tensor.detached()) })
  }

  /// The same model, sharing the weights, in which those that `isFrozen` tells get no gradient.
  public func freezing(where isFrozen: (Parameter) -> Bool) -> Model {
    Model(
      description, inputShape: inputShape, classes: classes,
      parameters: parameters.map { parameter in
        isFrozen(parameter)
          ? Parameter(name: parameter.name, tensor: parameter.tensor.detached()) : parameter
      })
  }

  /// 32 hex digits that stand for all weights, bit by bit.
  public var fingerprint: String { Tensor.fingerprint(of: parameters.map(\.tensor)) }
}
