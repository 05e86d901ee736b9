/// A piece of an HTML page. Names of elements and attributes are literals of this program; all else is
/// escaped when it enters, so that no text can be anything but text.
package struct Markup {
  package private(set) var html: String

  private init(html: String) { self.html = html }

  /// Nothing.
  package static let none = Markup(html: "")

  /// Text, escaped.
  package init(_ text: String) { html = Self.escaped(text) }

  /// Markup of the program's own, taken as it is.
  package init(literal: StaticString) { html = "\(literal)" }

  /// An element. Attributes whose value is `nil` are left out.
  package init(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
    _ children: [Markup] = []
  ) {
    var html = "<\(name)"
    for case (let attribute, let value?) in attributes {
      html += " \(attribute)=\"\(Self.escaped(value))\""
    }
    if children.isEmpty, Self.shapes.contains("\(name)") {
      html += "/>"
    } else {
      html += ">" + children.lazy.map(\.html).joined()
      if !Self.void.contains("\(name)") { html += "</\(name)>" }
    }
    self.html = html
  }

  /// An element that holds only text.
  package init(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], _ text: String
  ) {
    self.init(name, attributes, [Markup(text)])
  }

  /// One after the other.
  package init(_ pieces: [Markup]) { html = pieces.lazy.map(\.html).joined() }

  package static func + (left: Markup, right: Markup) -> Markup {
    Markup(html: left.html + right.html)
  }

  private static let void: Set<String> = ["br", "meta"]
  /// Of SVG, which may end themselves.
  private static let shapes: Set<String> = ["path", "rect", "image"]

  /// Control characters, which HTML forbids, are shown as the replacement character.
  private static func escaped(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      $0 >= 0x20 && $0 < 0x7F && $0 != 0x26 && $0 != 0x3C && $0 != 0x3E && $0 != 0x22 && $0 != 0x27
    }
    if isPlain { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}": result += "\u{FFFD}"
      // Marks that turn the direction of the text after them.
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
