import Learning

/// Says how two versions of an output differ, as closely as their format allows.
public enum ArtefactDifference {
  /// `conv1.weight: 3 of 150 values differ, by up to 2 ULP (max abs 1.2e-07)`, the first array that
  /// differs named; else the first byte. The two versions are called by the `names`.
  public static func describe(
    _ old: [UInt8], _ new: [UInt8], as names: (String, String) = ("recorded", "made")
  ) -> String {
    let (oldBytes, newBytes) = (old, new)
    if let old = try? Safetensors.read(oldBytes, path: names.0),
      let new = try? Safetensors.read(newBytes, path: names.1)
    {
      for entry in old.entries {
        guard let other = new[entry.name] else { return "\(entry.name) is missing" }
        if let text = describe(entry.array, other, names) { return "\(entry.name): \(text)" }
      }
    }
    if let old = try? NPY.read(oldBytes, path: names.0),
      let new = try? NPY.read(newBytes, path: names.1), let text = describe(old, new, names)
    {
      return text
    }
    let place = zip(oldBytes, newBytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let sizes = "\(oldBytes.count) bytes \(names.0), \(newBytes.count) \(names.1)"
    return
      "\(sizes), the first difference at byte \(place ?? min(oldBytes.count, newBytes.count))"
  }

  private static func describe(
    _ old: NumericArray, _ new: NumericArray, _ names: (String, String)
  ) -> String? {
    guard old.shape == new.shape, old.type == new.type else {
      return
        "\(old.type.rawValue) \(old.shape) \(names.0), \(new.type.rawValue) \(new.shape) \(names.1)"
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
