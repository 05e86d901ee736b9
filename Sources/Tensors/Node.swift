import Synchronization

/// A tensor's place in the graph that `backward()` walks: where its gradient is summed, and how that
/// gradient is handed on to the tensors it was computed from.
final class Node {
  /// Nodes are numbered as they are made, so an operation's number is above those of its inputs.
  let number: UInt64
  let isLeaf: Bool
  var gradient: Buffer?
  private(set) var inputs: [Node]
  private var handOn: ((Buffer) -> Void)?

  private static let counter = Atomic<UInt64>(0)

  /// A leaf: a parameter, or any tensor made with `requiresGradient`.
  init() {
    number = Self.counter.add(1, ordering: .relaxed).newValue
    isLeaf = true
    inputs = []
  }

  init(inputs: [Node], handOn: @escaping (Buffer) -> Void) {
    number = Self.counter.add(1, ordering: .relaxed).newValue
    isLeaf = false
    self.inputs = inputs
    self.handOn = handOn
  }

  /// Adds one operation's share. The first share is taken as it is, later ones are added to it in the
  /// order in which they come, which is the reverse order of creation of the operations.
  func receive(_ share: Buffer) {
    guard let current = gradient else {
      gradient = share
      return
    }
    gradient = nil
    var sum = current
    if !isKnownUniquelyReferenced(&sum) { sum = Buffer(copying: sum) }
    sum.add(share)
    gradient = sum
  }

  /// Hands the gradient on and lets go of everything the operation had kept for it.
  func run() {
    guard let handOn else {
      fatalError("backward: the graph was used already; compute the value anew for a second pass")
    }
    let gradient = self.gradient
    self.gradient = nil
    self.handOn = nil
    if let gradient { handOn(gradient) }
    inputs = []
  }

  /// All nodes of operations from here down, latest first.
  func operationsBeneath() -> [Node] {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
    var found: [Node] = isLeaf ? [] : [self]
    var next = 0
    while next < found.count {
      for input in found[next].inputs where !input.isLeaf {
        if seen.insert(ObjectIdentifier(input)).inserted { found.append(input) }
      }
      next += 1
    }
    return found.sorted { $0.number > $1.number }
  }
}
