import Documents

/// `1..3` and `0.1..0.5..0.2`: all numbers from the first to the second, in steps of one or of the third.
struct SweepRange {
  /// Numbers as whole multiples of a power of ten, so that 0.1 added thrice is 0.3.
  private let first: Int64
  private let last: Int64
  private let step: Int64
  private let decimals: Int

  /// `nil` for text that is no range.
  init?(_ text: String) {
    let parts = Self.split(text)
    guard parts.count == 2 || parts.count == 3 else { return nil }
    let numbers = parts.map(Self.decimals)
    guard let most = numbers.map({ $0 ?? -1 }).max(), most <= 9, !numbers.contains(nil) else {
      return nil
    }
    let scaled = parts.compactMap { Self.scaled($0, to: most) }
    guard scaled.count == parts.count else { return nil }
    decimals = most
    first = scaled[0]
    last = scaled[1]
    step = scaled.count == 3 ? scaled[2] : Self.scaled("1", to: most) ?? 1
  }

  /// How many numbers there are; none in a range that leads away from its end.
  var count: Int {
    guard step != 0, step > 0 ? first <= last : first >= last else { return 0 }
    let (distance, overflows) = last.subtractingReportingOverflow(first)
    guard !overflows, distance != .min, step != .min else { return .max }
    let steps = abs(distance) / abs(step)
    return steps == .max ? .max : Int(steps) + 1
  }

  /// Whole numbers where the range is written in such, else the nearest floats.
  var values: [Value] {
    (0..<Int64(count)).map { index in
      let number = first + index * step
      guard decimals > 0 else { return .int(number) }
      let sign = number < 0 ? "-" : ""
      let digits = String(number.magnitude)
      let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      return .float(Double("\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))") ?? 0)
    }
  }

  /// Whether the text has the look of a range, whatever it lacks.
  static func isMeant(_ text: String) -> Bool {
    text.contains("..") && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E || $0 == 0x2D }
  }

  private static func split(_ text: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = text[...]
    while let dots = rest.firstRange(of: "..") {
      parts.append(rest[..<dots.lowerBound])
      rest = rest[dots.upperBound...]
    }
    return parts + [rest]
  }

  /// How many digits stand behind the point of `-?[0-9]+(\.[0-9]+)?`; `nil` for anything else.
  private static func decimals(_ text: Substring) -> Int? {
    let unsigned = text.utf8.first == UInt8(ascii: "-") ? text.dropFirst() : text
    let halves = unsigned.split(separator: ".", omittingEmptySubsequences: false)
    let areDigits = halves.allSatisfy { half in
      !half.isEmpty && half.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    }
    guard areDigits, halves.count <= 2 else { return nil }
    return halves.count == 2 ? halves[1].utf8.count : 0
  }

  private static func scaled(_ text: Substring, to decimals: Int) -> Int64? {
    let halves = text.split(separator: ".")
    let behind = halves.count == 2 ? String(halves[1]) : ""
    return Int64(
      halves[0] + behind + String(repeating: "0", count: decimals - behind.utf8.count))
  }
}
