import Tensors

/// A model on disk: one safetensors file, which PyTorch's users open as it is. Its metadata says what it is:
/// `format` "pt", `model`, `input_shape` "1,28,28", `classes`.
extension Model {
  public func save(to path: String) throws { try safetensors.write(to: path) }

  public static func load(from path: String) throws -> Model {
    try Model(Safetensors.read(contentsOf: path))
  }

  public var safetensors: Safetensors {
    let counts = statistics.map {
      Safetensors.Entry(
        "\($0.name).num_batches_tracked", NumericArray(shape: [], .int64([$0.batches])))
    }
    return Safetensors(
      metadata: [
        "format": "pt", "model": "\(description)",
        "input_shape": inputShape.map(String.init).joined(separator: ","), "classes": "\(classes)",
      ],
      entries: state.map { .init($0.name, .floats($0.tensor.values, shape: $0.tensor.shape)) }
        + counts)
  }

  public init(_ file: Safetensors) throws(ModelError) {
    func metadata<T>(_ name: String, _ read: (String) -> T?) throws(ModelError) -> T {
      guard let text = file.metadata[name] else { throw .missingMetadata(name) }
      guard let value = read(text) else { throw .malformedMetadata(name, value: text) }
      return value
    }
    let inputShape: [Int] = try metadata("input_shape") { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let sizes = parts.compactMap { Int($0) }
      return sizes.count == parts.count && isPlausible(sizes) ? sizes : nil
    }
    try self.init(
      metadata("model") { ModelDescription(parsing: $0) }, inputShape: inputShape,
      classes: metadata("classes") { Int($0).flatMap { isPlausible([$0]) ? $0 : nil } },
      arrays: file.entries)
  }

  /// A model with the given arrays, which must be exactly its own; their order does not matter.
  public init(
    _ description: ModelDescription, inputShape: [Int], classes: Int, arrays: [Safetensors.Entry]
  ) throws(ModelError) {
    let network = try description.network(inputShape: inputShape, classes: classes)
    let found = Dictionary(arrays.map { ($0.name, $0.array) }) { first, _ in first }
    let expected = Set(network.arrays.map(\.name))
    for array in arrays where !expected.contains(array.name) {
      throw .unexpectedParameter(array.name, description)
    }
    func array(_ name: String, _ shape: [Int]) throws(ModelError) -> NumericArray {
      guard let array = found[name] else { throw .missingParameter(name, description) }
      guard array.shape == shape else {
        throw .wrongShape(name, found: array.shape, expected: shape)
      }
      return array
    }
    var parameters: [Parameter] = []
    for (name, shape, _) in network.parameters {
      let values = try array(name, shape).floats
      parameters.append(
        Parameter(name: name, tensor: Tensor(shape: shape, values: values, requiresGradient: true)))
    }
    var statistics: [RunningStatistics] = []
    for (name, channels) in network.statistics {
      let mean = try array("\(name).running_mean", [channels]).floats
      let variance = try array("\(name).running_var", [channels]).floats
      let count = "\(name).num_batches_tracked"
      guard let batches = try array(count, []).integers?.first else { throw .noInteger(count) }
      statistics.append(
        RunningStatistics(
          name: name, mean: Tensor(shape: [channels], values: mean),
          variance: Tensor(shape: [channels], values: variance), batches: Int64(batches)))
    }
    self.init(
      description, inputShape: inputShape, classes: classes, network: network,
      parameters: parameters, statistics: statistics)
  }
}

/// Whether sizes read from a file are positive and their product can be computed with.
private func isPlausible(_ sizes: [Int]) -> Bool {
  sizes.allSatisfy { 1...(1 << 24) ~= $0 } && sizes.count <= 4
    && sizes.reduce(1.0) { $0 * Double($1) } <= 0x1p40
}
