public import FoundationEssentials

/// Why a training stopped.
public enum TrainingError: Error, Equatable {
  /// A value became infinite or NaN: the loss, or the named parameter after the step. Epoch and step count
  /// from 1, the step within its epoch.
  case diverged(epoch: Int, step: Int, what: String)
  case noSamples
  /// With `dropLast`, and fewer samples than one batch holds.
  case noWholeBatch(samples: Int, batchSize: Int)
}

extension TrainingError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .diverged(let epoch, let step, let what):
      "diverged in epoch \(epoch), step \(step): \(what) is no longer finite"
    case .noSamples: "there is nothing to train on: the data set has no training samples"
    case .noWholeBatch(let samples, let batchSize):
      "\(samples) training samples make no whole batch of \(batchSize)"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .diverged: "lower the learning rate"
    case .noSamples: "look at the split: are all samples in the validation part?"
    case .noWholeBatch: "lower 'batch_size', or keep the last batch"
    }
  }
}
