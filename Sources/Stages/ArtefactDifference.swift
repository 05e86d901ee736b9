import Learning

/// Says how two versions of an output differ, as closely as their format allows.
public enum ArtefactDifference {
  /// `conv1.weight: 3 of 150 values differ, by up to 2 ULP (max abs 1.2e-07)`, the first array that
  /// differs named; else the first byte.
  public static func describe(recorded: [UInt8], made: [UInt8]) -> String {
    if let old = try? Safetensors.read(recorded, path: "recorded"),
      let new = try? Safetensors.read(made, path: "made")
    {
      for entry in old.entries {
        guard let other = new[entry.name] else { return "\(entry.name) is missing" }
        if let text = describe(entry.array, other) { return "\(entry.name): \(text)" }
      }
    }
    if let old = try? NPY.read(recorded, path: "recorded"),
      let new = try? NPY.read(made, path: "made"), let text = describe(old, new)
    {
      return text
    }
    let place = zip(recorded, made).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let sizes = "\(recorded.count) bytes recorded, \(made.count) made"
    return "\(sizes), the first difference at byte \(place ?? min(recorded.count, made.count))"
  }

  private static func describe(_ old: NumericArray, _ new: NumericArray) -> String? {
    guard old.shape == new.shape, old.type == new.type else {
      return "\(old.type.rawValue) \(old.shape) recorded, \(new.type.rawValue) \(new.shape) made"
    }
    guard old.type == .float32 else {
      let count = zip(old.doubles, new.doubles).count { $0 != $1 }
      return count == 0 ? nil : "\(count) of \(old.count) values differ"
    }
    var (count, mostULP, mostAbsolute) = (0, 0, Float(0))
    for (a, b) in zip(old.floats, new.floats) where a.bitPattern != b.bitPattern {
      count += 1
      mostULP = max(mostULP, abs(ordinal(a) - ordinal(b)))
      mostAbsolute = max(mostAbsolute, abs(a - b))
    }
    guard count > 0 else { return nil }
    return
      "\(count) of \(old.count) values differ, by up to \(mostULP) ULP (max abs \(mostAbsolute))"
  }

  /// Floats in order, as consecutive integers.
  private static func ordinal(_ value: Float) -> Int {
    let bits = Int(Int32(bitPattern: value.bitPattern))
    return bits < 0 ? Int(Int32.min) - bits : bits
  }
}
