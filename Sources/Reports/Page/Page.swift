/// A whole page: one file that needs nothing else and asks for nothing.
package struct Page {
  package struct Section {
    package let id: String
    package let title: String
    package let body: [Markup]
    /// What the navigation shows below it.
    package var parts: [(id: String, title: String)] = []
  }

  package let title: String
  /// Above the first section.
  package let header: [Markup]
  package let sections: [Section]

  /// The page in HTML: the same for the same content, to the byte.
  package var html: String {
    let head = Markup(
      "head", [:],
      [
        Markup("meta", ["charset": "utf-8"]),
        Markup(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content":
              "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
          ]),
        Markup("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        Markup("meta", ["name": "color-scheme", "content": "light dark"]),
        Markup("title", [:], title), Markup("style", [:], [Markup(literal: StyleSheet.text)]),
      ])
    let main = Markup(
      "main", ["id": "content"],
      [Markup("header", ["id": "top"], header)] + sections.map(Self.markup))
    let body = Markup(
      "body", [:],
      [
        Markup("a", ["class": "skip", "href": "#content"], "Skip to the content"),
        Markup("div", ["class": "frame"], [navigation, main]),
      ])
    return "<!DOCTYPE html>\n" + Markup("html", ["lang": "en"], [head, body]).html + "\n"
  }

  private static func markup(_ section: Section) -> Markup {
    Markup(
      "section", ["id": section.id, "aria-labelledby": "\(section.id)-title"],
      [Markup("h2", ["id": "\(section.id)-title"], section.title)] + section.body)
  }

  private var navigation: Markup {
    let items = sections.map { section in
      let parts = section.parts.map { Markup("li", [:], [link($0.id, $0.title)]) }
      return Markup(
        "li", [:],
        [link(section.id, section.title)] + (parts.isEmpty ? [] : [Markup("ul", [:], parts)]))
    }
    return Markup(
      "nav", ["aria-label": "Contents"],
      [Markup("ul", [:], [Markup("li", [:], [link("top", "Overview")])] + items)])
  }

  private func link(_ id: String, _ title: String) -> Markup {
    Markup("a", ["href": "#\(id)"], title)
  }
}
