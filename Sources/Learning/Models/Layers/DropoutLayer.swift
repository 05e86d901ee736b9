import Tensors

/// Dropout of single activations in training, each sample's by its place in the batch; nothing otherwise.
struct DropoutLayer: Layer {
  let name: String
  let rate: Double

  var kind: String { "dropout \(rate)" }

  func forward(_ x: Tensor, _ pass: Pass) -> Tensor {
    guard case .training(let training) = pass.mode, let samples = x.shape.first, samples > 0 else {
      return x
    }
    let stream = RandomStream(
      seed: training.seed, purpose: "dropout/\(name)@\(training.epoch).\(training.step)")
    let first = training.firstSample * (x.count / samples)
    return x.dropout(rate: rate, stream: stream, firstElement: UInt64(first))
  }
}
