import Learning
import Pipelines

/// Two versions of a file that are to be compared.
struct Versions {
  var old: [UInt8]
  var new: [UInt8]
  /// What they are called.
  let names: (String, String)
  /// By how much numbers may differ; `nil` if every bit counts.
  let tolerance: Tolerance?
  /// What the output is called.
  var output = ""
  /// How many archives they were taken out of.
  var depth = 0

  /// The versions of what is inside both.
  func inside(_ old: [UInt8], _ new: [UInt8]) -> Versions {
    var inner = self
    (inner.old, inner.new, inner.depth) = (old, new, depth + 1)
    return inner
  }

  /// `0.25 recorded, 0.26 made`.
  func sayBoth(_ one: String, _ other: String) -> String {
    "\(one) \(names.0), \(other) \(names.1)"
  }
}

/// What is found when both versions of a file are opened.
struct FileDifference {
  /// The first difference; with a tolerance the first that is more than that.
  let text: String
  /// The largest difference between two numbers, if none is more than the tolerance and all else is
  /// the same.
  let nearness: Double?

  private static let formats: [@Sendable (Versions) -> FileDifference?] = [
    { safetensors($0) }, { npy($0) }, { gzip($0) }, { archive($0) }, { json($0) },
    { jsonLines($0) }, { table($0) },
  ]

  /// Archives in archives are opened so far.
  private static let mostDepth = 3

  /// `nil` if they are not both of one format that is known.
  static func open(_ versions: Versions) -> FileDifference? {
    guard versions.depth <= mostDepth else { return nil }
    for format in formats {
      if let found = format(versions) { return found }
    }
    return nil
  }
}
