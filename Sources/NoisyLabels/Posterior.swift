public import FoundationEssentials
public import Learning

/// What a classifier thinks of each sample: row `n` is `p(· | x_n)`.
///
/// At least one sample and one class; every entry lies in 0…1 (a hair above 1 is rounding).
public struct Posterior: Sendable, Hashable {
  public let classes: Int
  /// Row-major, `[samples, classes]`.
  public let values: [Double]

  public var samples: Int { values.count / classes }

  public subscript(sample: Int, label: Int) -> Double { values[sample * classes + label] }

  public init(_ values: [Double], classes: Int) throws(PosteriorError) {
    guard classes > 0, !values.isEmpty, values.count.isMultiple(of: classes) else {
      throw .shape([values.count, classes])
    }
    if let place = values.firstIndex(where: { !(0...1.000_001).contains($0) }) {
      throw .entry(values[place], sample: place / classes, label: place % classes)
    }
    self.classes = classes
    self.values = values
  }

  public init(_ array: NumericArray) throws(PosteriorError) {
    guard array.shape.count == 2 else { throw .shape(array.shape) }
    try self.init(array.doubles, classes: array.shape[1])
  }

  func column(_ label: Int) -> [Double] {
    stride(from: label, to: values.count, by: classes).map { values[$0] }
  }
}

/// What can be wrong with a posterior.
public enum PosteriorError: Error, Equatable {
  case shape([Int])
  case entry(Double, sample: Int, label: Int)
}

extension PosteriorError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .shape(let shape): "a posterior of shape \(shape), not [samples, classes]"
    case .entry(let value, let sample, let label):
      "the posterior of sample \(sample), class \(label) is \(value), no probability"
    }
  }

  public var recoverySuggestion: String? {
    "look for a diverged training among the stages that made it"
  }
}
