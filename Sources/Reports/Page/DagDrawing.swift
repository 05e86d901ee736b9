/// The stages of a pipeline and what they read, drawn; each leads to its section.
package struct DagDrawing {
  package struct Node {
    package let name: String
    package let kind: String
    /// `1.5 s`, `12 × 1.5 s`, `from cache`.
    package let note: String
    package let isReused: Bool
    /// How many different ones there are in a study.
    package var count = 1
    /// Where a click leads.
    package let target: String
    /// The names of the stages that it reads from.
    package let sources: [String]
  }

  /// Each behind those that it reads from.
  package let nodes: [Node]

  package var markup: Markup {
    let numbers = Dictionary(
      nodes.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var reads: [(source: Int, reader: Int)] = []
    for (reader, node) in nodes.enumerated() {
      for source in Set(node.sources.compactMap { numbers[$0] }).sorted() where source < reader {
        reads.append((source, reader))
      }
    }
    let layout = DagLayout(count: nodes.count, reads: reads)
    let (width, height) = (layout.width.rounded(.up), layout.height.rounded(.up))
    let words = nodes.map { node in
      node.sources.isEmpty
        ? node.name : "\(node.name) reads \(Set(node.sources).sorted().joined(separator: ", "))"
    }
    let svg = Markup(
      "svg",
      [
        "viewBox": "0 0 \(NumberText.decimals(width, 0)) \(NumberText.decimals(height, 0))",
        "width": NumberText.decimals(width, 0), "height": NumberText.decimals(height, 0),
        "role": "group", "aria-label": "The stages and what they read",
      ],
      [
        Markup("title", [:], "The stages and what they read"),
        Markup("desc", [:], words.joined(separator: "; ")),
      ]
        + layout.edges.map(path) + zip(nodes, layout.stages).map(box))
    return Markup(
      "div", ["class": "scroll dag", "tabindex": "0", "role": "region", "aria-label": "Stages"],
      [svg])
  }

  /// Straight past the boxes of a layer, curved between layers.
  private func path(_ way: [DagLayout.Point]) -> Markup {
    let half = DagLayout.boxHeight / 2
    var d = ""
    for (from, to) in zip(way, way.dropFirst()) {
      let (top, bottom) = (from.y + half, to.y - half)
      let middle = (top + bottom) / 2
      d += d.isEmpty ? "M\(text(.init(x: from.x, y: top)))" : "V\(NumberText.trimmed(top, 1))"
      d += "C\(text(.init(x: from.x, y: middle))) \(text(.init(x: to.x, y: middle))) "
      d += text(.init(x: to.x, y: bottom))
    }
    return Markup("path", ["class": "edge", "d": d])
  }

  private func text(_ point: DagLayout.Point) -> String {
    "\(NumberText.trimmed(point.x, 1)) \(NumberText.trimmed(point.y, 1))"
  }

  private func box(_ node: Node, _ middle: DagLayout.Point) -> Markup {
    let (width, height) = (DagLayout.boxWidth, DagLayout.boxHeight)
    let (x, y) = (middle.x - width / 2, middle.y - height / 2)
    func label(_ style: StaticString, _ down: Double, _ text: String) -> Markup {
      Markup(
        "text",
        [
          "class": "\(style)", "x": NumberText.trimmed(middle.x, 1),
          "y": NumberText.trimmed(y + down, 1),
        ], text)
    }
    let count = node.count > 1 ? " × \(node.count)" : ""
    let details = [node.kind, node.note].filter { !$0.isEmpty }.joined(separator: " · ")
    func rectangle(_ style: String, shift: Double) -> Markup {
      Markup(
        "rect",
        [
          "class": style, "x": NumberText.trimmed(x + shift, 1),
          "y": NumberText.trimmed(y + shift, 1), "width": "\(Int(width))",
          "height": "\(Int(height))", "rx": "6",
        ])
    }
    let style = node.isReused ? "stage reused" : "stage"
    return Markup(
      "a", ["href": "#\(node.target)"],
      [Markup("title", [:], "\(node.name)\(count): \(details)")]
        + (node.count > 1 ? [rectangle(style, shift: 3)] : [])
        + [
          rectangle(style, shift: 0),
          label("name", 18, Self.cut(node.name, 22 - count.count) + count),
          label("kind", 34, Self.cut(details, 30)),
        ])
  }

  private static func cut(_ text: String, _ most: Int) -> String {
    text.count > most ? "\(text.prefix(max(most - 1, 1)))…" : text
  }
}
