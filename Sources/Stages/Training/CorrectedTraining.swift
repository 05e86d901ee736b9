import Engine
import Learning
import NoisyLabels
import Tensors

/// Trains with a loss that may be corrected by the transition matrix of the input 'transition'.
///
/// `readsNoisy` tells whether predictions of noisy labels are read from `p · T`: the network tells clean ones.
func train(
  _ model: Model, on data: StageData, _ config: TrainingConfig, _ stage: StageContext,
  loss: CorrectedLoss, readsNoisy: Bool
) throws {
  let transition = try stage.transition()
  if let transition { try data.check(transition) }
  if loss.needsTransition && transition == nil {
    throw StageError.needsTransition(loss: loss.rawValue)
  }
  let function = try loss.function(
    transition: transition ?? .identity(classes: data.dataSet.classes))
  try train(
    model, on: data, config, stage, loss: function,
    noisyScores: readsNoisy ? transition.map { noisyScores($0.tensor()) } : nil,
    skipped: loss == .dmi ? "dmi/skipped" : nil)
}

/// Predictions of noisy labels are read from `p · T`.
func noisyScores(_ transition: Tensor) -> Scores {
  { logits in noisyPosterior(logits: logits, transition: transition) }
}

extension StageData {
  /// A matrix must have the data set's classes.
  func check(_ transition: TransitionMatrix) throws {
    guard transition.classes == dataSet.classes else {
      throw StageError.transitionShape(
        [transition.classes, transition.classes], classes: dataSet.classes)
    }
  }
}
