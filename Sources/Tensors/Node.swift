import Synchronization

/// A tensor's place in the graph that differentiation walks: what it was computed from, and how the
/// gradient of the result becomes gradients of those.
///
/// A `Tensor` is a handle on values and a node; several handles may share one node.
final class Node {
  /// Nodes are numbered as they are made, so an operation's number is above those of its inputs.
  let number: UInt64
  let isLeaf: Bool
  /// What `backward()` calls have brought to a leaf.
  var gradient: Tensor?
  /// The nodes of the operation's inputs, `nil` for those without a gradient.
  private(set) var inputs: [Node?]
  private var recipe: Recipe?

  /// How an operation is differentiated.
  struct Recipe {
    /// What the pullback needs, as handles on their nodes; the result itself without one.
    var kept: [Tensor]
    /// Which of `kept` is the result: it gets this node when it is handed out.
    var resultIndex: Int?
    var pullback: (Backward) -> [Tensor?]
  }

  private static let counter = Atomic<UInt64>(0)

  /// A leaf: a parameter, or any tensor made with `requiresGradient`.
  init() {
    number = Self.counter.add(1, ordering: .relaxed).newValue
    isLeaf = true
    inputs = []
  }

  init(inputs: [Node?], recipe: Recipe) {
    number = Self.counter.add(1, ordering: .relaxed).newValue
    isLeaf = false
    self.inputs = inputs
    self.recipe = recipe
  }

  /// The inputs' shares of `gradient`, in their order; `nil` where none is wanted.
  ///
  /// With `recording`, what the pullback is given leads back into the graph, so the shares can be
  /// differentiated in turn; else it is given constants.
  func pullBack(_ gradient: Tensor, wants: [Bool], recording: Bool) -> [Tensor?] {
    guard let recipe else { return [] }
    let kept = recipe.kept.enumerated().map { index, tensor in
      if !recording { return tensor.detached() }
      guard index == recipe.resultIndex else { return tensor }
      return Tensor(shape: tensor.shape, buffer: tensor.buffer, node: self)
    }
    return recipe.pullback(Backward(gradient: gradient, kept: kept, wants: wants))
  }

  /// Whether a pass has used the operation up.
  var isReleased: Bool { !isLeaf && recipe == nil }

  /// Lets go of everything the operation had kept for its pullback.
  func release() {
    recipe = nil
    inputs = []
  }

  /// A long chain of operations is let go of one by one, not each from within the next.
  deinit {
    recipe = nil
    var loose = inputs.compactMap(\.self)
    inputs = []
    while !loose.isEmpty {
      var node = loose.removeLast()
      guard isKnownUniquelyReferenced(&node) else { continue }
      node.recipe = nil
      loose += node.inputs.compactMap(\.self)
      node.inputs = []
    }
  }
}

/// What an operation's pullback is given.
///
/// A pullback computes with these tensors and constants alone, in differentiable operations: then the
/// gradient of a gradient comes by itself. (It must not capture the operation's inputs or result.)
struct Backward {
  /// The gradient of the result, of the result's shape.
  let gradient: Tensor
  /// What the operation asked to keep.
  let kept: [Tensor]
  /// For each input, whether its share is of use.
  let wants: [Bool]

  /// Whether the shares are to be differentiated themselves.
  var isRecorded: Bool {
    gradient.requiresGradient || kept.contains { $0.requiresGradient }
  }

  /// The share of input `index`, computed only where it is wanted.
  func share(_ index: Int, _ value: @autoclosure () -> Tensor) -> Tensor? {
    wants[index] ? value() : nil
  }
}
