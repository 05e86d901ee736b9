public import Tensors

/// Inputs and their labels, in the order of the data set.
public struct Samples {
  /// `[samples] + input shape`, ready for the model.
  public let inputs: Tensor
  /// The given labels, one a sample.
  public let labels: [Int32]
  /// What random draws for a sample go by: its row in the stored data.
  public let ids: [Int]

  /// Without `ids` the samples go by their places.
  public init(inputs: Tensor, labels: [Int32], ids: [Int]? = nil) {
    guard inputs.shape.first == labels.count, ids == nil || ids?.count == labels.count else {
      fatalError("samples: \(labels.count) labels for inputs of shape \(inputs.shape)")
    }
    self.inputs = inputs
    self.labels = labels
    self.ids = ids ?? Array(labels.indices)
  }

  public var count: Int { labels.count }

  /// The samples with these numbers, in this order.
  func batch(_ rows: some Collection<Int32>) -> Samples {
    Samples(
      inputs: inputs.selectingRows(rows), labels: rows.map { labels[Int($0)] },
      ids: rows.map { ids[Int($0)] })
  }

  /// The same samples with other inputs.
  func replacing(inputs: Tensor) -> Samples { Samples(inputs: inputs, labels: labels, ids: ids) }
}
