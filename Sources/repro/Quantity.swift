import ArgumentParser

/// A number of bytes on the command line: `500`, `10MiB`, `20GB`, `1.5TiB`.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  private static let units: [(name: String, factor: Double)] = [
    ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776),
    ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1), ("", 1),
  ]

  init?(argument: String) {
    guard let bytes = quantity(argument, in: Self.units), bytes < 1e18 else { return nil }
    self.bytes = Int(bytes)
  }
}

/// A span of time on the command line: `30m` or `30min`, `12h`, `30d`, `4w`.
struct Age: ExpressibleByArgument {
  let seconds: Double

  init(seconds: Double) { self.seconds = seconds }

  private static let units: [(name: String, factor: Double)] = [
    ("min", 60), ("m", 60), ("s", 1), ("h", 3600), ("d", 86_400), ("w", 604_800),
  ]

  init?(argument: String) {
    guard let seconds = quantity(argument, in: Self.units) else { return nil }
    self.seconds = seconds
  }
}

/// A number of digits and at most one point before one of the units, which stand longest first.
private func quantity(_ text: String, in units: [(name: String, factor: Double)]) -> Double? {
  guard text.utf8.count <= 40, let unit = units.first(where: { text.hasSuffix($0.name) }) else {
    return nil
  }
  let digits = text.dropLast(unit.name.count)
  guard digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
    let number = Double(digits), number.isFinite
  else { return nil }
  return number * unit.factor
}
