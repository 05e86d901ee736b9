import Tensors

/// A model on disk: one safetensors file, which PyTorch's users open as it is. Its metadata says what it is:
/// `format` "pt", `model`, `input_shape` "1,28,28", `classes`.
extension Model {
  public func save(to path: String) throws { try safetensors.write(to: path) }

  public static func load(from path: String) throws -> Model {
    try Model(Safetensors.read(contentsOf: path))
  }

  public var safetensors: Safetensors {
    Safetensors(
      metadata: [
        "format": "pt", "model": "\(description)",
        "input_shape": inputShape.map(String.init).joined(separator: ","), "classes": "\(classes)",
      ],
      entries: parameters.map {
        .init($0.name, .floats($0.tensor.values, shape: $0.tensor.shape))
      })
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
      weights: file.entries.map {
        Parameter(name: $0.name, tensor: Tensor(shape: $0.array.shape, values: $0.array.floats))
      })
  }
}

/// Whether sizes read from a file are positive and their product can be computed with.
private func isPlausible(_ sizes: [Int]) -> Bool {
  sizes.allSatisfy { 1...(1 << 24) ~= $0 } && sizes.count <= 4
    && sizes.reduce(1.0) { $0 * Double($1) } <= 0x1p40
}
