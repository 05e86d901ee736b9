import Documents

/// What a plain scalar means by YAML 1.2's core schema — and by no other: `no`, `on`, `1_000` and
/// `12:30` are text. `nil` for a number that cannot be represented.
func plainScalar(_ text: String) -> Value? {
  switch text {
  case "", "~", "null", "Null", "NULL": return .null
  case "true", "True", "TRUE": return .bool(true)
  case "false", "False", "FALSE": return .bool(false)
  default: break
  }
  guard let first = text.utf8.first, first <= UInt8(ascii: "9") else { return .string(text) }
  let unsigned = text.utf8.dropFirst(first == minus || first == plus ? 1 : 0)
  switch unsigned.count {
  case 4 where [".inf", ".Inf", ".INF"].contains(String(Substring(unsigned))): return nil
  case 4 where [".nan", ".NaN", ".NAN"].contains(text): return nil
  default: break
  }
  if let (digits, radix) = wholeNumber(text) {
    return Int64(digits, radix: radix).map { .int($0) }
  }
  if isDecimalFraction(Array(unsigned)) { return fraction(text).map { .float($0) } }
  return .string(text)
}

private let minus = UInt8(ascii: "-")
private let plus = UInt8(ascii: "+")
private let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

/// The digits, with their sign, of `[-+]?[0-9]+`, `0o[0-7]+` or `0x[0-9a-fA-F]+`.
private func wholeNumber(_ text: String) -> (Substring, radix: Int)? {
  let rest = text.dropFirst(2)
  if text.hasPrefix("0o"), !rest.isEmpty, rest.utf8.allSatisfy({ 0x30...0x37 ~= $0 }) {
    return (rest, 8)
  }
  if text.hasPrefix("0x"), !rest.isEmpty, rest.utf8.allSatisfy(isHexDigit) { return (rest, 16) }
  let hasSign = text.utf8.first == minus || text.utf8.first == plus
  let unsigned = text.utf8.dropFirst(hasSign ? 1 : 0)
  guard !unsigned.isEmpty, unsigned.allSatisfy(digits.contains) else { return nil }
  return (text[...], 10)
}

private func isHexDigit(_ byte: UInt8) -> Bool {
  digits.contains(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20
}

/// Whether the bytes are `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
private func isDecimalFraction(_ bytes: [UInt8]) -> Bool {
  var rest = bytes[...]
  func skipDigits() -> Int {
    let count = rest.prefix(while: digits.contains).count
    rest = rest.dropFirst(count)
    return count
  }
  let whole = skipDigits()
  if rest.first == UInt8(ascii: ".") {
    rest = rest.dropFirst()
    let behind = skipDigits()
    if whole + behind == 0 { return false }
  } else if whole == 0 {
    return false
  }
  guard let next = rest.first else { return true }
  guard next | 0x20 == UInt8(ascii: "e") else { return false }
  rest = rest.dropFirst()
  if rest.first == minus || rest.first == plus { rest = rest.dropFirst() }
  return skipDigits() > 0 && rest.isEmpty
}

/// The nearest double; `nil` when that is infinite, or zero for a number that is not.
private func fraction(_ text: String) -> Double? {
  guard let number = Double(text), number.isFinite else { return nil }
  let significand = text.utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }
  let isZero = significand.allSatisfy { !(UInt8(ascii: "1")...UInt8(ascii: "9") ~= $0) }
  return number == 0 && !isZero ? nil : number
}
