import Tensors

/// Batch norm with ε = 1e-5: by the batch's own statistics or by the running ones, as the pass has it.
struct BatchNormLayer: Layer {
  let name: String
  /// Scale and shift.
  let parameters: Range<Int>
  /// The place of its running statistics.
  let statistics: Int

  var kind: String { "batch norm" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    let scale = pass.weights[parameters.lowerBound]
    let shift = pass.weights[parameters.lowerBound + 1]
    guard case .training(let training) = pass.mode, training.statistics != .running else {
      let running = pass.statistics[statistics]
      return x.batchNormEvaluation(
        scale: scale, shift: shift, mean: running.mean, variance: running.variance)
    }
    let (y, mean, variance) = x.batchNormTraining(scale: scale, shift: shift)
    if training.statistics == .moving {
      pass.observed.append((statistics, mean, variance, x.count / scale.count))
    }
    return y
  }
}
