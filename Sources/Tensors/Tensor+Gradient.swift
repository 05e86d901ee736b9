extension Tensor {
  /// Whether gradients flow through this tensor: it was made with `requiresGradient` or depends on one.
  public var requiresGradient: Bool { node != nil }

  /// The sum of what `backward()` calls have brought since the last `clearGradient()`, or `nil` when
  /// none of them reached this tensor. Kept only by tensors made with `requiresGradient`.
  public var gradient: Tensor? { node?.gradient }

  public func clearGradient() { node?.gradient = nil }

  /// Adds a share to the gradient, as `backward()` does: for gradients computed in parts.
  public func accumulateGradient(_ share: Tensor) {
    guard let node, node.isLeaf, share.shape == shape else {
      fatalError("accumulateGradient: \(share.shape) for a parameter of shape \(shape)")
    }
    node.gradient = node.gradient.map { $0 + share.detached() } ?? share.detached()
  }

  /// Differentiates this scalar by every tensor that it depends on and that was made with
  /// `requiresGradient`. Works once: the intermediate values are freed on the way.
  public func backward() {
    guard count == 1 else { fatalError("backward: starts at a scalar, the shape is \(shape)") }
    guard let node else { return }
    var walk = Walk(from: node, seed: .ones(shape), recording: false, downTo: 0)
    walk.run { $0.release() }
    for (leaf, share) in walk.leaves {
      leaf.gradient = leaf.gradient.map { $0 + share } ?? share
    }
  }

  /// The derivatives of `result` by `inputs`, each of its input's shape; `nil` for an input that `result`
  /// does not depend on. The graph stays as it is, and no tensor's `gradient` changes.
  ///
  /// With `createGraph` the derivatives can be differentiated in turn, as often as the mathematics
  /// allows; their bits are the same with and without. `seed` is the gradient of `result` to start from,
  /// of its shape; 1 for a scalar.
  public static func gradients(
    of result: Tensor, with inputs: [Tensor], seed: Tensor? = nil, createGraph: Bool = false
  ) -> [Tensor?] {
    guard seed != nil || result.count == 1 else {
      fatalError("gradients: \(result.shape) is not a scalar, and no seed is given")
    }
    let seed = seed ?? .ones(result.shape)
    guard seed.shape == result.shape else {
      fatalError("gradients: seed \(seed.shape) for a result of shape \(result.shape)")
    }
    guard let node = result.node, let first = inputs.compactMap(\.node?.number).min() else {
      return inputs.map { _ in nil }
    }
    let wanted = Set(inputs.compactMap(\.node).map { ObjectIdentifier($0) })
    var walk = Walk(
      from: node, seed: createGraph ? seed : seed.detached(), recording: createGraph,
      downTo: first, wanted: wanted)
    walk.run { _ in }
    return inputs.map { input in input.node.flatMap { walk.found[ObjectIdentifier($0)] } }
  }

  /// This result, as that of an operation on `inputs`: a handle whose node knows how to differentiate it.
  ///
  /// Without a gradient among the inputs it is the tensor itself, and nothing is kept. `pullback` returns
  /// one share for each input; what it needs of inputs and result is named in `keeping`.
  func recorded(
    from inputs: [Tensor], keeping kept: [Tensor] = [],
    _ pullback: @escaping (Backward) -> [Tensor?]
  ) -> Tensor {
    let nodes = inputs.map(\.node)
    guard nodes.contains(where: { $0 != nil }) else { return self }
    let recipe = Node.Recipe(
      kept: kept, resultIndex: kept.firstIndex { $0 === self }, pullback: pullback)
    return Tensor(shape: shape, buffer: buffer, node: Node(inputs: nodes, recipe: recipe))
  }

  /// The shares of `inputs` in a value that `composition` computes from them, differentiable in turn.
  ///
  /// For a fused operation, whose own backward kernel cannot be differentiated: the composition has
  /// the same bits, forward and backward. The inputs are taken as independent of each other.
  static func composedShares(
    _ back: Backward, of inputs: [Tensor], _ composition: ([Tensor]) -> Tensor
  ) -> [Tensor?] {
    let parts = inputs.map { input in
      input.detached().recorded(from: [input]) { [$0.gradient] }
    }
    return gradients(
      of: composition(parts), with: parts, seed: back.gradient, createGraph: true)
  }
}

/// A walk through the graph from a result to what it was computed from, latest operation first.
private struct Walk {
  /// The wanted derivatives, by node.
  private(set) var found: [ObjectIdentifier: Tensor] = [:]
  /// The leaves reached, where none in particular is wanted.
  private(set) var leaves: [(node: Node, share: Tensor)] = []
  private var pending: [ObjectIdentifier: Tensor]
  private let operations: [Node]
  private let leadsToWanted: Set<ObjectIdentifier>
  private let wanted: Set<ObjectIdentifier>?
  private let recording: Bool

  /// Nodes with numbers below `least` are none that is wanted, nor depend on one. `wanted` says of which
  /// nodes the derivative is; `nil` for all leaves.
  init(
    from root: Node, seed: Tensor, recording: Bool, downTo least: UInt64,
    wanted: Set<ObjectIdentifier>? = nil
  ) {
    let nodes = Self.nodes(from: root, downTo: least)
    var useful: Set<ObjectIdentifier> = []
    for node in nodes.reversed() {
      let isWanted = wanted?.contains(ObjectIdentifier(node)) ?? node.isLeaf
      let leads = node.inputs.contains { $0.map { useful.contains(ObjectIdentifier($0)) } ?? false }
      if isWanted || leads || node.isReleased { useful.insert(ObjectIdentifier(node)) }
    }
    operations = nodes
    leadsToWanted = useful
    pending = [ObjectIdentifier(root): seed]
    self.wanted = wanted
    self.recording = recording
  }

  /// - Parameter done: Called with each operation after its pullback.
  mutating func run(_ done: (Node) -> Void) {
    for node in operations {
      guard let gradient = pending.removeValue(forKey: ObjectIdentifier(node)) else { continue }
      if let wanted {
        if wanted.contains(ObjectIdentifier(node)) { found[ObjectIdentifier(node)] = gradient }
      } else if node.isLeaf {
        leaves.append((node, gradient))
      }
      guard !node.isLeaf else { continue }
      let inputs = node.inputs
      guard !node.isReleased else {
        fatalError("backward: the graph was used already; compute the value anew for a second pass")
      }
      let wants = inputs.map { $0.map { leadsToWanted.contains(ObjectIdentifier($0)) } ?? false }
      guard wants.contains(true) else { continue }
      let shares = node.pullBack(gradient, wants: wants, recording: recording)
      for (index, share) in shares.enumerated() where wants[index] {
        guard let input = inputs[index], let share else { continue }
        add(share, to: input)
      }
      done(node)
    }
  }

  /// The first share is taken as it is; later ones are added in the order in which they come, which is
  /// the reverse order of creation of the operations.
  private mutating func add(_ share: Tensor, to node: Node) {
    assert(recording || !share.requiresGradient, "a pullback captured what it should have kept")
    let id = ObjectIdentifier(node)
    pending[id] = pending[id].map { $0 + share } ?? share
  }

  /// The nodes from `root` down, latest first.
  private static func nodes(from root: Node, downTo least: UInt64) -> [Node] {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var nodes = [root]
    var next = 0
    while next < nodes.count {
      for case let input? in nodes[next].inputs where input.number >= least {
        if seen.insert(ObjectIdentifier(input)).inserted { nodes.append(input) }
      }
      next += 1
    }
    return nodes.sorted { $0.number > $1.number }
  }
}
