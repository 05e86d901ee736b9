import Engine
import Learning
import Tensors

/// A data set's parts as tensors, and a way to measure a model on them.
struct StageData {
  let dataSet: DataSet
  let train: Samples
  let validation: Samples?
  let test: Samples?

  init(_ stage: StageContext) throws {
    let dataSet = try DataSet.load(from: stage.input("dataset"))
    self.dataSet = dataSet
    func samples(_ name: DataSet.PartName) throws -> Samples? {
      guard dataSet.count(of: name) > 0 else { return nil }
      let part = try dataSet.part(name)
      return Samples(
        inputs: Tensor(shape: [part.count] + dataSet.shape, values: part.inputs),
        labels: part.labels, ids: part.ids)
    }
    guard let train = try samples(.train) else { throw StageError.noSuchPart("train") }
    self.train = train
    validation = try samples(.validation)
    test = try samples(.test)
  }

  /// The model of a checkpoint, if it fits this data.
  func model(at path: String) throws -> Model {
    let model = try Model.load(from: path)
    guard model.inputShape == dataSet.shape, model.classes == dataSet.classes else {
      throw StageError.modelMismatch(
        "the checkpoint takes \(model.inputShape) and tells \(model.classes) classes, "
          + "the data set has \(dataSet.shape) and \(dataSet.classes)")
    }
    return model
  }

  /// Figures on the parts that are there. Validation labels are as noisy as the training labels, so
  /// its predictions are read from `noisyScores`; those on clean test labels from the logits.
  func measure(_ model: Model, loss: @escaping Loss, noisyScores: Scores? = nil) -> [String: Double]
  {
    var row: [String: Double] = [:]
    if let validation {
      let result = model.evaluate(on: validation, loss: loss, scores: noisyScores)
      row["validation/accuracy"] = result.accuracy
      row["validation/loss"] = result.loss
    }
    if let test { row["test/accuracy"] = model.evaluate(on: test).accuracy }
    return row
  }
}
