import FoundationEssentials
import Glibc

/// Standard output and standard error. Text is written at once, whole, and free of control characters.
enum Console {
  static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
  static let errorIsTerminal = isatty(STDERR_FILENO) == 1

  static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
  static func sayError(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// Says that something is wrong, and what to do where that is known.
  static func complain(_ text: String, fix: String? = nil) {
    let advice = fix.map { "\n  fix: \(printable($0))" } ?? ""
    sayError("\(red("error:")) \(printable(lines: text))\(advice)")
  }

  static func complain(about error: any Error, in place: String? = nil) {
    let localized = error as? any LocalizedError
    let what = localized?.errorDescription ?? "\(error)"
    complain(place.map { "\($0): \(what)" } ?? what, fix: localized?.recoverySuggestion)
  }

  static func warn(_ text: String) { sayError("\(yellow("warning:")) \(printable(text))") }

  /// Names and logs come from anywhere: control characters are shown, never obeyed.
  static func printable(_ text: String, limit: Int = 2_000) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    if isPlain, text.utf8.count <= limit { return text }
    if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
      return text
    }
    var shown = ""
    var count = 0
    for scalar in text.unicodeScalars {
      if count >= limit { return shown + "…" }
      count += 1
      let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
      shown += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return shown
  }

  /// Of several lines, such as the end of a log, each is made printable.
  static func printable(lines text: String, most: Int = 100, limit: Int = 2_000) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).prefix(most)
      .map { printable(String($0), limit: limit) }.joined(separator: "\n")
  }

  static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      }
    }
  }

  /// Columns of the terminal on standard error.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  static func red(_ text: String) -> String { styled(text, "31", on: errorIsTerminal) }
  static func yellow(_ text: String) -> String { styled(text, "33", on: errorIsTerminal) }
  static func green(_ text: String) -> String { styled(text, "32", on: errorIsTerminal) }
  static func dim(_ text: String) -> String { styled(text, "2", on: errorIsTerminal) }

  private static func styled(_ text: String, _ code: String, on isOn: Bool) -> String {
    isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
