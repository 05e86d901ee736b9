public import Tensors

/// The mean loss of a batch, a scalar, from its logits `[batch, classes]` and given labels.
public typealias Loss = (_ logits: Tensor, _ labels: [Int32]) -> Tensor

/// What predictions are read from, the largest of each row: `[batch, classes]` from logits of that shape.
public typealias Scores = (_ logits: Tensor) -> Tensor

/// A model's performance on samples.
public struct Evaluation: Sendable, Hashable {
  /// Mean loss over the samples; `nil` if no loss was asked for.
  public let loss: Double?
  /// Samples whose largest score is their label's.
  public let correct: Int
  public let count: Int

  /// `correct / count`; 0 for no samples.
  public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }
}

extension Model {
  /// The logits of all `inputs` in their order, `[samples, classes]`, without a graph.
  ///
  /// Computed in parts that fit the caches; a sample's logits do not depend on the other samples.
  public func allLogits(_ inputs: Tensor) -> Tensor {
    let model = frozen()
    let count = inputs.shape.first ?? 0
    return Tensor(shape: [count, classes]) { out in
      var start = 0
      while start < count {
        let end = min(start + 256, count)
        let part = inputs.selectingRows(Int32(start)..<Int32(end))
        model.logits(part).withUnsafeValues { logits in
          _ = UnsafeMutableBufferPointer(rebasing: out[(start * classes)...]).update(
            fromContentsOf: logits)
        }
        start = end
      }
    }
  }

  /// The class posteriors of all `inputs` in their order: the softmax of their logits.
  public func posterior(_ inputs: Tensor) -> Tensor { allLogits(inputs).softmax() }

  /// Loss and accuracy on `samples`; predictions are read from `scores`, or else from the logits.
  public func evaluate(
    on samples: Samples, loss: Loss? = nil, scores: Scores? = nil
  ) -> Evaluation {
    let logits = allLogits(samples.inputs)
    let mean = samples.count == 0 ? nil : loss?(logits, samples.labels)
    return Evaluation(
      loss: mean.map { Double($0.item) },
      correct: correctPredictions(scores?(logits) ?? logits, samples.labels),
      count: samples.count)
  }
}

/// How many rows have their largest score, the first of equals, at their label.
func correctPredictions(_ scores: Tensor, _ labels: [Int32]) -> Int {
  zip(scores.argmaxOfRows(), labels).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
}
