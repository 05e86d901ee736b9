/// `text` as one bounded line: control and invisible characters escaped, the end cut at `limit`.
///
/// Names and values come from files that nobody has vouched for, and messages go to terminals.
package func printable(_ text: String, limit: Int = 80) -> String {
  var result = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return result + "…" }
    count += 1
    if isPlain(scalar) {
      result.unicodeScalars.append(scalar)
    } else if scalar == "\n" {
      result += "\\n"
    } else {
      result += "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
  return result
}

/// `text` in single quotes, printable.
package func quoted(_ text: String) -> String { "'\(printable(text))'" }

/// `a, b, c`: at most twelve names, then how many more.
package func listed(_ names: [String], separator: String = ", ") -> String {
  let shown = names.prefix(12).map { printable($0) }.joined(separator: separator)
  let more = names.count - 12
  return more > 0 ? "\(shown) and \(more) more" : shown
}

private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
    .unassigned:
    false
  default: true
  }
}
