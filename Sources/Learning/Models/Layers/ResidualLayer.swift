import Tensors

/// `relu(branch(x) + shortcut(x))` (He et al., CVPR 2016); an empty shortcut is x itself.
struct ResidualLayer: Layer {
  let branch: [any Layer]
  let shortcut: [any Layer]

  var kind: String { "sum, ReLU" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    (branch.forward(x, pass) + shortcut.forward(x, pass)).relu()
  }
}

/// `branch(a) + shortcut`, `a = activation(x)` (He et al., ECCV 2016). The shortcut is x itself unless it
/// is a projection, of a, or is said to begin at a.
struct PreActivationLayer: Layer {
  /// Batch norm and ReLU.
  let activation: [any Layer]
  let branch: [any Layer]
  let shortcut: [any Layer]
  let shortcutIsActivated: Bool

  var kind: String { "sum" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    let activated = activation.forward(x, pass)
    let start = shortcutIsActivated || !shortcut.isEmpty ? activated : x
    return branch.forward(activated, pass) + shortcut.forward(start, pass)
  }
}
