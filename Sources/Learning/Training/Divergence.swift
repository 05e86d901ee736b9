import Tensors

/// Finds the first value of a step that is infinite or NaN.
///
/// A step that goes well costs a look at the loss and at the new parameters; the culprit is looked for, in the
/// order in which values are computed, only where one of them is bad.
struct Divergence {
  private let epoch: Int
  private let step: Int
  private let parameters: [Parameter]

  /// `parameters`, and running statistics among them, are in the order of the layers.
  init(epoch: Int, step: Int, _ parameters: [Parameter]) {
    self.epoch = epoch
    self.step = step
    self.parameters = parameters
  }

  /// The loss, and if it is bad what came before: inputs, parameters, the result of a layer, logits.
  func checkForward(
    _ inputs: Tensor, layer: () -> String?, logits: Tensor, loss: Tensor
  ) throws(TrainingError) {
    guard !loss.isFinite else { return }
    try check(inputs, "the inputs")
    // Running statistics follow what the layers see, so the layers come first.
    for parameter in parameters where parameter.tensor.requiresGradient {
      try check(parameter.tensor, "'\(parameter.name)'")
    }
    if let layer = layer() {
      throw .diverged(epoch: epoch, step: step, what: "the result of \(layer)")
    }
    for parameter in parameters { try check(parameter.tensor, "'\(parameter.name)'") }
    try check(logits, "the logits")
    try check(loss, "the loss")
  }

  /// The gradients, which the step is about to use.
  func checkGradients() throws(TrainingError) {
    for parameter in parameters {
      guard let gradient = parameter.tensor.gradient else { continue }
      try check(gradient, "the gradient of '\(parameter.name)'")
    }
  }

  /// The parameters after the step, and if one is bad the gradients first.
  func checkParameters() throws(TrainingError) {
    guard parameters.contains(where: { !$0.tensor.isFinite }) else { return }
    try checkGradients()
    for parameter in parameters { try check(parameter.tensor, "'\(parameter.name)'") }
  }

  private func check(_ tensor: Tensor, _ what: String) throws(TrainingError) {
    if !tensor.isFinite { throw .diverged(epoch: epoch, step: step, what: what) }
  }
}
