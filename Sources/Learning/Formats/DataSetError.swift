public import FoundationEssentials

/// What can be wrong with a data set beyond the bytes of its files.
public enum DataSetError: Error, Equatable {
  case noClasses
  case sampleShape([Int])
  case channels(Int, of: Int)
  case inputType(part: String, NumericArray.ElementType)
  case inputShape(part: String, [Int], expected: [Int])
  case labelCount(part: String, Int, expected: Int)
  case label(part: String, row: Int, Int, classes: Int)
  case fold(String, row: Int)
  case missingPart(DataSet.PartName)
}

extension DataSetError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .noClasses: "the data set has no classes"
    case .sampleShape(let shape): "samples of shape \(shape), not [channels, height, width]"
    case .channels(let count, let channels): "\(count) means for \(channels) channels"
    case .inputType(let part, let type): "\(part) inputs of type \(type.rawValue)"
    case .inputShape(let part, let shape, let expected):
      "\(part) inputs of shape \(shape), not \(expected) as labels and sample shape say"
    case .labelCount(let part, let count, let expected):
      "\(part): \(count) true labels for \(expected) samples"
    case .label(let part, let row, let label, let classes):
      "\(part) sample \(row) has label \(label), classes are 0 to \(classes - 1)"
    case .fold(let name, let row):
      "\(name) fold: row \(row) is out of range, out of order or in both folds"
    case .missingPart(let part): "the data set has no \(part.rawValue) part"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .missingPart(.validation): "split the data set first"
    case .missingPart: "choose a part that it has"
    case .inputType: "store inputs as uint8 or float32"
    case .label: "correct the labels, or the number of classes"
    case .channels: "give one mean and std, or one for each channel"
    default: "make the data set again"
    }
  }
}
