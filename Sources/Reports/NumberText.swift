/// How reports write numbers: by one rule, the same on every machine, independent of the locale.
package enum NumberText {
  /// `places` digits after the point, rounded half away from zero.
  package static func decimals(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return plain(value) }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(scaled)" }
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
  }

  /// Four decimals; more where the number is so small that they would say nothing.
  package static func figure(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return plain(value) }
    return abs(value) < 0.001 || abs(value) >= 1e6 ? shortest(value) : decimals(value, 4)
  }

  /// A whole number without point, any other as ``figure(_:)``.
  package static func short(_ value: Double) -> String {
    guard value.isFinite, value == value.rounded(), abs(value) < 1e12 else { return figure(value) }
    return decimals(value, 0)
  }

  /// Without zeros at its end: for ticks and coordinates.
  package static func trimmed(_ value: Double, _ places: Int) -> String {
    var text = Substring(decimals(value, places))
    guard text.contains("."), !text.contains("e") else { return String(text) }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text == "-0" ? "0" : String(text)
  }

  /// `1.5 s`, `2:05 min`, `1:02:05 h`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return "\(plain(seconds)) s" }
    if seconds < 9.95 { return "\(decimals(seconds, seconds < 0.995 ? 2 : 1)) s" }
    if seconds < 60 { return "\(decimals(seconds, 0)) s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60):\(twoDigits(whole % 60)) min" }
    return "\(whole / 3600):\(twoDigits(whole / 60 % 60)):\(twoDigits(whole % 60)) h"
  }

  /// `12.5 MiB`.
  package static func bytes(_ count: Int) -> String {
    var size = Double(count)
    for unit in ["B", "KiB", "MiB", "GiB"] {
      if size < 1024 { return unit == "B" ? "\(count) B" : "\(decimals(size, 1)) \(unit)" }
      size /= 1024
    }
    return "\(decimals(size, 1)) TiB"
  }

  /// `12,345`.
  package static func count(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits.removeLast(3)
    }
    return (number < 0 ? "-" : "") + ([digits[...]] + groups).joined(separator: ",")
  }

  /// UTC, as `2026-01-31 17:05`.
  package static func time(_ secondsSince1970: Double) -> String {
    guard (0..<253_402_300_800).contains(secondsSince1970) else {
      return "\(plain(secondsSince1970)) s"
    }
    let seconds = Int(secondsSince1970)
    let (days, rest) = (seconds / 86_400, seconds % 86_400)
    // Days to civil date: Howard Hinnant, "chrono-compatible low-level date algorithms".
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let civilMonth = month < 10 ? month + 3 : month - 9
    let civilYear = year + era * 400 + (civilMonth <= 2 ? 1 : 0)
    return "\(civilYear)-\(twoDigits(civilMonth))-\(twoDigits(day)) "
      + "\(twoDigits(rest / 3600)):\(twoDigits(rest / 60 % 60))"
  }

  /// Three significant digits, with an exponent where that is shorter.
  private static func shortest(_ value: Double) -> String {
    var exponent = 0
    var digits = abs(value)
    while digits >= 10 { (digits, exponent) = (digits / 10, exponent + 1) }
    while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
    let mantissa = trimmed(digits, 2)
    return "\(value < 0 ? "-" : "")\(mantissa)e\(exponent)"
  }

  private static func plain(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "−∞" : "∞" }
    return value == 0 ? "0" : shortest(value)
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
