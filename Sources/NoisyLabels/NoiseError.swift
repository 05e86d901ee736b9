public import FoundationEssentials

/// Why labels cannot be made noisy as asked.
public enum NoiseError: Error, Equatable {
  case rate(Double)
  case tooFewClasses(Int)
  case noSuchClass(Int, classes: Int)
  case swappedTwice(Int)
  case matrixSize(Int, classes: Int)
  case notStochastic(row: Int, sum: Double)
  case sampleNumbers(Int, labels: Int)
  case negativeSampleNumber(Int)
  case labelCount(Int, samples: Int)
  case label(Int, row: Int, classes: Int)
}

extension NoiseError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .rate(let rate): "noise rate \(rate) is not between 0 and 1"
    case .tooFewClasses(let classes): "no such noise on \(classes) classes"
    case .noSuchClass(let number, let classes): "no class \(number): there are 0 to \(classes - 1)"
    case .swappedTwice(let number): "class \(number) is swapped twice, or with itself"
    case .matrixSize(let size, let classes):
      "a noise matrix of \(size) classes for labels of \(classes)"
    case .notStochastic(let row, let sum):
      "row \(row) of the noise matrix is no distribution: its sum is \(sum)"
    case .sampleNumbers(let count, let labels): "\(count) sample numbers for \(labels) labels"
    case .negativeSampleNumber(let number): "sample number \(number) is negative"
    case .labelCount(let count, let samples): "\(count) labels for \(samples) samples"
    case .label(let label, let row, let classes):
      "sample \(row) has label \(label), classes are 0 to \(classes - 1)"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .rate: "choose a rate from 0 to 1"
    case .tooFewClasses: "use a data set of at least two classes"
    case .noSuchClass: "number classes from 0"
    case .swappedTwice: "name each class in one pair"
    case .matrixSize: "give one row and one column for each class"
    case .notStochastic: "give entries that are not negative and sum to 1 in each row"
    case .labelCount: "give one label for each training sample, in their order"
    case .sampleNumbers, .negativeSampleNumber, .label: "make the data set again"
    }
  }
}
