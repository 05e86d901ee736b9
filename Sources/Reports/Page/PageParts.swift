import Documents

/// Pieces that several pages share.
extension Markup {
  package static func details(_ summary: String, _ body: [Markup], isOpen: Bool = false) -> Markup {
    Markup(
      "details", ["open": isOpen ? "" : nil], [Markup("summary", [:], summary)] + body)
  }

  /// Names and what is to be said of each.
  package static func facts(_ facts: [(String, Markup)]) -> Markup {
    Markup(
      "dl", ["class": "facts"],
      facts.flatMap { [Markup("dt", [:], $0.0), Markup("dd", [:], [$0.1])] })
  }

  package static func code(_ text: String) -> Markup { Markup("code", [:], text) }

  package static func command(_ lines: [String]) -> Markup {
    Markup("pre", ["tabindex": "0"], [Markup("code", [:], lines.joined(separator: "\n"))])
  }

  /// A table in a box that scrolls by itself. `numeric` are columns of numbers.
  package static func table(
    _ columns: [String], _ rows: [[String]], numeric: Set<Int> = [], caption: String,
    rowHeaders: Bool = false
  ) -> Markup {
    func style(_ column: Int) -> String? { numeric.contains(column) ? "right" : nil }
    let head = columns.enumerated().map {
      Markup("th", ["scope": "col", "class": style($0)], $1)
    }
    let body = rows.map { cells in
      Markup(
        "tr", [:],
        cells.enumerated().map { column, cell in
          rowHeaders && column == 0
            ? Markup("th", ["scope": "row"], cell) : Markup("td", ["class": style(column)], cell)
        })
    }
    return Markup(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
      [
        Markup(
          "table", [:],
          [
            Markup("caption", [:], caption), Markup("thead", [:], [Markup("tr", [:], head)]),
            Markup("tbody", [:], body),
          ])
      ])
  }
}

extension Value {
  /// Every field of a document with its path, in the order of the names: `optimizer.sgd.lr` and `0.05`.
  func fields(below path: String = "") -> [(path: String, text: String)] {
    guard case .map(let members) = self, !members.isEmpty else { return [(path, words)] }
    return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.flatMap {
      $1.fields(below: path.isEmpty ? $0 : "\(path).\($0)")
    }
  }

  /// A scalar as it would be typed; anything else as JSON.
  var words: String {
    switch self {
    case .string(let text): text
    case .null: "none"
    default: json()
    }
  }
}
