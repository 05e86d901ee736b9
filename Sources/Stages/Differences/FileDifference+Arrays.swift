import Learning
import Pipelines

/// Arrays: the first that differs, in how many values, and by how much.
extension FileDifference {
  static func npy(_ it: Versions) -> FileDifference? {
    guard let old = try? NPY.read(it.old, path: it.names.0),
      let new = try? NPY.read(it.new, path: it.names.1)
    else { return nil }
    return arrays(old, new, it) ?? sameContents(of: "array", it)
  }

  static func safetensors(_ it: Versions) -> FileDifference? {
    guard let old = try? Safetensors.read(it.old, path: it.names.0),
      let new = try? Safetensors.read(it.new, path: it.names.1)
    else { return nil }
    let newArrays = Dictionary(
      new.entries.map { ($0.name, $0.array) }, uniquingKeysWith: { first, _ in first })
    let oldNames = Set(old.entries.map(\.name))
    if let extra = new.entries.first(where: { !oldNames.contains($0.name) }) {
      return FileDifference(text: "\(extra.name) is new", nearness: nil)
    }
    var largest = 0.0
    var first: FileDifference?
    for entry in old.entries {
      guard let other = newArrays[entry.name] else {
        return FileDifference(text: "\(entry.name) is missing", nearness: nil)
      }
      guard let found = arrays(entry.array, other, it) else { continue }
      let named = FileDifference(text: "\(entry.name): \(found.text)", nearness: found.nearness)
      guard let nearness = found.nearness else { return named }
      largest = max(largest, nearness)
      first = first ?? named
    }
    if old.metadata != new.metadata {
      return FileDifference(text: "the arrays are the same, their metadata differ", nearness: nil)
    }
    return first.map { FileDifference(text: $0.text, nearness: largest) }
      ?? sameContents(of: "arrays", it)
  }

  /// Of files that hold the same in other bytes.
  static func sameContents(of what: String, _ it: Versions) -> FileDifference {
    FileDifference(
      text: "the same \(what), written otherwise", nearness: it.tolerance == nil ? nil : 0)
  }

  /// `nil` if they are the same.
  private static func arrays(
    _ old: NumericArray, _ new: NumericArray, _ it: Versions
  ) -> FileDifference? {
    guard old.shape == new.shape, old.type == new.type else {
      let text = it.sayBoth(
        "\(old.type.rawValue) \(old.shape)", "\(new.type.rawValue) \(new.shape)")
      return FileDifference(text: text, nearness: nil)
    }
    switch (old.values, new.values) {
    case (.float16(let old), .float16(let new)): return floats(old, new, it)
    case (.float32(let old), .float32(let new)): return floats(old, new, it)
    case (.float64(let old), .float64(let new)): return floats(old, new, it)
    default: return integers(old.integers ?? [], new.integers ?? [], shape: old.shape, it)
    }
  }

  private static func floats<Number: OrderedFloat>(
    _ old: [Number], _ new: [Number], _ it: Versions
  ) -> FileDifference? {
    var tally = Tally(it.tolerance)
    var (mostULP, mostAbsolute) = (UInt64(0), Number.zero)
    var areSame = true
    for (a, b) in zip(old, new) {
      let isSame = a.signedBits == b.signedBits
      areSame = areSame && isSame
      guard tally.add(Double(a), Double(b), areSame: isSame) else { continue }
      let (low, high) = (min(a.ordinal, b.ordinal), max(a.ordinal, b.ordinal))
      mostULP = max(mostULP, UInt64(bitPattern: high &- low))
      let distance = abs(a - b)
      if distance.isFinite { mostAbsolute = max(mostAbsolute, distance) }
    }
    if areSame { return nil }
    let text =
      "\(tally.summary(of: "values")), by up to \(mostULP) ULP (max abs \(mostAbsolute))"
    return FileDifference(text: text, nearness: tally.nearness)
  }

  /// Which values became what, of the first few.
  private static func integers(
    _ old: [Int], _ new: [Int], shape: [Int], _ it: Versions
  ) -> FileDifference? {
    let places = old.indices.filter { old[$0] != new[$0] }
    if places.isEmpty { return nil }
    let first = places.prefix(5).map { place in
      "\(index(place, in: shape)) (\(old[place]) → \(new[place]))"
    }
    let isPrediction = it.output == "predictions"
    let text =
      "\(places.count) of \(old.count) \(isPrediction ? "samples changed" : "values differ"): "
      + first.joined(separator: ", ") + (places.count > first.count ? ", …" : "")
    return FileDifference(text: text, nearness: nil)
  }

  /// `7` in a row, `[2, 3]` in a matrix.
  private static func index(_ place: Int, in shape: [Int]) -> String {
    guard shape.count > 1 else { return "\(place)" }
    var rest = place
    var index: [Int] = []
    for size in shape.reversed() {
      index.append(rest % size)
      rest /= size
    }
    return "\(Array(index.reversed()))"
  }
}

private protocol OrderedFloat: BinaryFloatingPoint {
  /// The bits as a signed integer, sign first.
  var signedBits: Int64 { get }
  /// Those of the negative zero.
  static var lowest: Int64 { get }
}

extension OrderedFloat {
  /// Floats in order, as consecutive integers: their distance is that in ULP.
  fileprivate var ordinal: Int64 { signedBits < 0 ? Self.lowest - signedBits : signedBits }
}

extension Float16: OrderedFloat {
  fileprivate var signedBits: Int64 { Int64(Int16(bitPattern: bitPattern)) }
  fileprivate static var lowest: Int64 { Int64(Int16.min) }
}

extension Float: OrderedFloat {
  fileprivate var signedBits: Int64 { Int64(Int32(bitPattern: bitPattern)) }
  fileprivate static var lowest: Int64 { Int64(Int32.min) }
}

extension Double: OrderedFloat {
  fileprivate var signedBits: Int64 { Int64(bitPattern: bitPattern) }
  fileprivate static var lowest: Int64 { .min }
}
