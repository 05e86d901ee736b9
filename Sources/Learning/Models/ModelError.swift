public import FoundationEssentials

/// What can be wrong with a model that is asked for or read.
public enum ModelError: Error, Equatable {
  case badSize(ModelDescription, inputShape: [Int], classes: Int)
  case missingMetadata(String)
  case malformedMetadata(String, value: String)
  case missingParameter(String, ModelDescription)
  case unexpectedParameter(String, ModelDescription)
  case wrongShape(String, found: [Int], expected: [Int])
  case noInteger(String)
}

extension ModelError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .badSize(let model, let inputShape, let classes):
      "no '\(model)' for inputs of shape \(inputShape) and \(classes) classes"
    case .missingMetadata(let name): "the file's metadata has no '\(name)'"
    case .malformedMetadata(let name, let value): "the file's metadata has '\(name)' = '\(value)'"
    case .missingParameter(let name, let model): "no parameter '\(name)' for a '\(model)'"
    case .unexpectedParameter(let name, let model): "parameter '\(name)' is not one of a '\(model)'"
    case .wrongShape(let name, let found, let expected):
      "parameter '\(name)' has shape \(found), not \(expected)"
    case .noInteger(let name): "'\(name)' is no integer"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .badSize(.lenet, _, _):
      "lenet takes [channels, height, width] with height and width of at least 12"
    case .badSize(.mlp, _, _): "sizes are positive"
    case .badSize(.cnn9, _, _):
      "cnn9 takes [channels, height, width] with height and width of at least 28"
    case .badSize(.resnet, _, _): "a ResNet takes [channels, height, width]"
    case .badSize(.fusion(let network), _, _):
      "the views \(network.views) must make up the whole input"
    case .missingMetadata, .malformedMetadata, .missingParameter, .unexpectedParameter,
      .wrongShape, .noInteger:
      "was this file written by a training stage?"
    }
  }
}
