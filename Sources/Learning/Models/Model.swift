public import Tensors

/// An array and its name.
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
  /// What is trained, in the order of the layers, a weight before its bias, named as PyTorch would.
  public let parameters: [Parameter]
  /// The running statistics of the batch norm layers, in their order.
  public let statistics: [RunningStatistics]
  let network: Network

  init(
    _ description: ModelDescription, inputShape: [Int], classes: Int, network: Network,
    parameters: [Parameter], statistics: [RunningStatistics]
  ) {
    self.description = description
    self.inputShape = inputShape
    self.classes = classes
    self.network = network
    self.parameters = parameters
    self.statistics = statistics
  }

  /// A new model. Each parameter is drawn from the stream `init/<name>`.
  ///
  /// Weights and biases are uniform in ±1/√fan-in; a ResNet's convolutions normal with deviation
  /// √(2/fan-out); batch norm begins with scale 1, shift 0, running mean 0 and variance 1.
  public init(
    _ description: ModelDescription, inputShape: [Int], classes: Int, seed: UInt64
  ) throws(ModelError) {
    let network = try description.network(inputShape: inputShape, classes: classes)
    self.init(
      description, inputShape: inputShape, classes: classes, network: network,
      parameters: network.parameters.map { name, shape, initial in
        let stream = RandomStream(seed: seed, purpose: "init/\(name)")
        let values = initial.values(shape.reduce(1, *), from: stream)
        return Parameter(
          name: name, tensor: Tensor(shape: shape, values: values, requiresGradient: true))
      },
      statistics: network.statistics.map { name, channels in
        RunningStatistics(
          name: name, mean: .zeros([channels]), variance: .ones([channels]), batches: 0)
      })
  }

  /// The logits of a batch: `[batch] + inputShape` → `[batch, classes]`.
  ///
  /// `weights` stand in for the parameters, in their order and of their shapes, where given: for steps that
  /// are tried out, and derivatives through them. Training with `.moving` statistics moves the running ones
  /// when the logits are computed; nothing else here changes the model.
  public func logits(
    _ batch: Tensor, mode: PassMode = .evaluation, weights: [Tensor]? = nil
  ) -> Tensor {
    let pass = pass(mode, weights)
    let logits = forward(batch, pass)
    pass.moveStatistics()
    return logits
  }

  func pass(_ mode: PassMode, _ weights: [Tensor]? = nil) -> Pass {
    let weights = weights ?? parameters.map(\.tensor)
    guard weights.map(\.shape) == parameters.map(\.tensor.shape) else {
      fatalError("logits: the weights given have not the shapes of the parameters")
    }
    return Pass(weights, statistics, mode)
  }

  func forward(_ batch: Tensor, _ pass: Pass) -> Tensor {
    guard Array(batch.shape.dropFirst()) == inputShape else {
      fatalError("logits: a batch of shape \(batch.shape) for inputs of shape \(inputShape)")
    }
    return network.layers.forward(batch, pass)
  }

  /// The same model for computing only: shares the weights as they are now and later, keeps no graph.
  public func frozen() -> Model { freezing { _ in true } }

  /// The same model, sharing the weights, in which those that `isFrozen` tells get no gradient.
  public func freezing(where isFrozen: (Parameter) -> Bool) -> Model {
    Model(
      description, inputShape: inputShape, classes: classes, network: network,
      parameters: parameters.map { parameter in
        isFrozen(parameter)
          ? Parameter(name: parameter.name, tensor: parameter.tensor.detached()) : parameter
      }, statistics: statistics)
  }

  /// All that the logits are computed from: parameters, running means and variances, in the order of the
  /// layers, named as in PyTorch's `state_dict`.
  public var state: [Parameter] {
    var parameters = parameters.makeIterator()
    var means = statistics.makeIterator()
    var variances = statistics.makeIterator()
    return network.arrays.compactMap { array in
      let tensor: Tensor? =
        switch array.role {
        case .parameter: parameters.next()?.tensor
        case .runningMean: means.next()?.mean
        case .runningVariance: variances.next()?.variance
        case .batchCount: nil
        }
      return tensor.map { Parameter(name: array.name, tensor: $0) }
    }
  }

  /// 32 hex digits that stand for the whole state, bit by bit.
  public var fingerprint: String { Tensor.fingerprint(of: state.map(\.tensor)) }
}

extension Network {
  var parameters: [(name: String, shape: [Int], initial: InitialValues)] {
    arrays.compactMap { array in
      guard case .parameter(let initial) = array.role else { return nil }
      return (array.name, array.shape, initial)
    }
  }

  /// The batch norm layers.
  var statistics: [(name: String, channels: Int)] {
    arrays.filter { $0.role == .runningMean }.map {
      (String($0.name.dropLast(".running_mean".count)), $0.shape[0])
    }
  }
}
