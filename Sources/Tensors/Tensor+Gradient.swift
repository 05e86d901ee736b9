extension Tensor {
  /// Whether gradients flow through this tensor: it was made with `requiresGradient` or depends on one.
  public var requiresGradient: Bool { node != nil }

  /// The sum of what `backward()` calls have brought since the last `clearGradient()`, or `nil` when
  /// none of them reached this tensor. Kept only by tensors made with `requiresGradient`.
  public var gradient: Tensor? {
    guard let node, node.isLeaf, let gradient = node.gradient else { return nil }
    return Tensor(shape: shape, buffer: gradient, node: nil)
  }

  public func clearGradient() { node?.gradient = nil }

  /// Differentiates this scalar by every tensor that it depends on and that was made with
  /// `requiresGradient`. Works once: the intermediate values are freed on the way.
  public func backward() {
    guard count == 1 else { fatalError("backward: starts at a scalar, the shape is \(shape)") }
    guard let node else { return }
    let operations = node.operationsBeneath()
    node.receive(Buffer(repeating: 1, count: 1))
    for operation in operations { operation.run() }
  }

  /// The result of an operation on `inputs`.
  ///
  /// `backward`, given the gradient of the result, hands each input its share by `receive`; it is called
  /// only if one of them requires a gradient. It must not keep the result itself alive (its buffer it may).
  convenience init(
    shape: [Int], buffer: Buffer, from inputs: [Tensor], backward: @escaping (Buffer) -> Void
  ) {
    let nodes = inputs.compactMap(\.node)
    self.init(
      shape: shape, buffer: buffer,
      node: nodes.isEmpty ? nil : Node(inputs: nodes, handOn: backward))
  }

  /// Adds an operation's share to this tensor's gradient, computed only when it is wanted.
  func receive(_ share: () -> Buffer) {
    if let node { node.receive(share()) }
  }
}
