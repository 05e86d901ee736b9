/// Samples with class labels, in a training and a test part, with or without a validation fold.
///
/// Everything fits together: as many labels as samples, every label below `classes`, folds ascending,
/// in range and apart from each other.
public struct DataSet: Sendable {
  public let classes: Int
  /// Of one sample: `[channels, height, width]`.
  public let shape: [Int]
  public let normalisation: Normalisation
  public let train: Samples
  public let test: Samples?
  public let folds: Folds?

  /// A part as stored.
  public struct Samples: Sendable, Hashable {
    /// `[n] + shape`, `uint8` or `float32`, not normalised.
    public let inputs: NumericArray
    /// What training sees, possibly wrong.
    public let labels: [Int32]
    public let trueLabels: [Int32]?

    public init(inputs: NumericArray, labels: [Int32], trueLabels: [Int32]? = nil) {
      self.inputs = inputs
      self.labels = labels
      self.trueLabels = trueLabels
    }
  }

  /// Rows of `train`, each list ascending.
  public struct Folds: Sendable, Hashable {
    public let train: [Int]
    public let validation: [Int]

    public init(train: [Int], validation: [Int]) {
      self.train = train
      self.validation = validation
    }
  }

  public init(
    classes: Int, shape: [Int], normalisation: Normalisation = Normalisation(), train: Samples,
    test: Samples? = nil, folds: Folds? = nil
  ) throws(DataSetError) {
    guard classes > 0 else { throw .noClasses }
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else { throw .sampleShape(shape) }
    guard [1, shape[0]].contains(normalisation.mean.count) else {
      throw .channels(normalisation.mean.count, of: shape[0])
    }
    try Self.check(train, "train", classes: classes, shape: shape)
    if let test { try Self.check(test, "test", classes: classes, shape: shape) }
    if let folds { try Self.check(folds, of: train.labels.count) }
    self.classes = classes
    self.shape = shape
    self.normalisation = normalisation
    self.train = train
    self.test = test
    self.folds = folds
  }

  /// The same with other labels for the training part, such as noisy ones.
  public func relabelled(
    _ labels: [Int32], trueLabels: [Int32]?
  ) throws(DataSetError) -> DataSet {
    try DataSet(
      classes: classes, shape: shape, normalisation: normalisation,
      train: Samples(inputs: train.inputs, labels: labels, trueLabels: trueLabels), test: test,
      folds: folds)
  }

  /// The same, cut into other folds.
  public func split(_ folds: Folds?) throws(DataSetError) -> DataSet {
    try DataSet(
      classes: classes, shape: shape, normalisation: normalisation, train: train, test: test,
      folds: folds)
  }

  private static func check(
    _ samples: Samples, _ name: String, classes: Int, shape: [Int]
  ) throws(DataSetError) {
    guard samples.inputs.type == .uint8 || samples.inputs.type == .float32 else {
      throw .inputType(part: name, samples.inputs.type)
    }
    let count = samples.labels.count
    guard samples.inputs.shape == [count] + shape else {
      throw .inputShape(part: name, samples.inputs.shape, expected: [count] + shape)
    }
    if let given = samples.trueLabels?.count, given != count {
      throw .labelCount(part: name, given, expected: count)
    }
    for labels in [samples.labels, samples.trueLabels ?? []] {
      if let row = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
        throw .label(part: name, row: row, Int(labels[row]), classes: classes)
      }
    }
  }

  private static func check(_ folds: Folds, of count: Int) throws(DataSetError) {
    var isTaken = [Bool](repeating: false, count: count)
    for (name, rows) in [("train", folds.train), ("validation", folds.validation)] {
      var previous = -1
      for row in rows {
        guard row > previous, row < count, !isTaken[row] else { throw .fold(name, row: row) }
        previous = row
        isTaken[row] = true
      }
    }
  }
}
