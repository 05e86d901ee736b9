public import Tensors

/// Inputs and their labels, in the order of the data set.
public struct Samples {
  /// `[samples] + input shape`, ready for the model.
  public let inputs: Tensor
  /// The given labels, one a sample.
  public let labels: [Int32]

  public init(inputs: Tensor, labels: [Int32]) {
    guard inputs.shape.first == labels.count else {
      fatalError("samples: \(labels.count) labels for inputs of shape \(inputs.shape)")
    }
    self.inputs = inputs
    self.labels = labels
  }

  public var count: Int { labels.count }

  /// The samples with these numbers, in this order.
  func batch(_ rows: some Collection<Int32>) -> Samples {
    Samples(inputs: inputs.selectingRows(rows), labels: rows.map { labels[Int($0)] })
  }
}
