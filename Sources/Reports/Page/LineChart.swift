/// Lines over epochs, each with an optional band around it.
package struct LineChart {
  package struct Line {
    package let name: String
    /// The class of the style sheet that colours it.
    package let style: Int
    /// `nil` breaks the line.
    package let values: [Double?]
    /// How far the band reaches to both sides.
    package var spread: [Double?] = []
  }

  package let title: String
  package let epochs: [Int]
  package let lines: [Line]
  /// Whether each epoch says its numbers when it is pointed at.
  package var speaks = true

  private static let (width, height) = (440.0, 250.0)
  private static let (left, right, top, bottom) = (52.0, 428.0, 12.0, 216.0)

  /// The chart as a figure with its legend; a text where there is no finite number.
  package var markup: Markup {
    let legend = Markup("ul", ["class": "legend"], lines.map(entry))
    return Markup(
      "figure", ["class": "chart"],
      [
        Markup("figcaption", [:], title),
        picture ?? Markup("p", ["class": "note"], "no finite numbers"), legend,
      ])
  }

  private func entry(_ line: Line) -> Markup {
    let sample = Markup(
      "svg", ["viewBox": "0 0 28 8", "width": "28", "height": "8", "aria-hidden": "true"],
      [Markup("path", ["d": "M0 4H28", "class": "line l\(line.style)"])])
    return Markup("li", [:], [sample, Markup(" " + line.name)])
  }

  private var picture: Markup? {
    let finite = lines.flatMap { line in
      line.values.indices.flatMap { index -> [Double] in
        guard let value = line.values[index], value.isFinite else { return [] }
        guard let spread = line.spread(at: index) else { return [value] }
        return [value - spread, value + spread]
      }
    }
    guard !finite.isEmpty, let first = epochs.first, let last = epochs.last else { return nil }
    let y = Axis(showing: finite)
    let x = Axis(showing: [Double(first), Double(last)], count: 6, whole: true)
    let parts =
      [Markup("title", [:], title), Markup("desc", [:], description)]
      + grid(x, y) + lines.compactMap { band($0, x, y) } + lines.map { path($0, x, y) }
      + (speaks ? words(x) : [])
    return Markup(
      "svg",
      [
        "viewBox": "0 0 440 250", "role": "img", "class": "lines",
        "aria-label": "\(title). \(description)",
      ], parts)
  }

  /// What the lines come to, in words.
  private var description: String {
    lines.compactMap { line in
      let values = line.values.compactMap { $0 }
      guard let first = values.first, let last = values.last else { return nil }
      return "\(line.name) from \(NumberText.figure(first)) to \(NumberText.figure(last))"
    }.joined(separator: "; ") + "."
  }

  // MARK: Places

  private func place(_ epoch: Int, on axis: Axis) -> Double { across(Double(epoch), on: axis) }

  private func across(_ epoch: Double, on axis: Axis) -> Double {
    Self.left + axis.share(epoch) * (Self.right - Self.left)
  }

  private func place(_ value: Double, on axis: Axis) -> Double {
    Self.bottom - axis.share(value) * (Self.bottom - Self.top)
  }

  private func point(_ index: Int, _ value: Double, _ x: Axis, _ y: Axis) -> String {
    "\(NumberText.trimmed(place(epochs[index], on: x), 1)) \(NumberText.trimmed(place(value, on: y), 1))"
  }

  // MARK: Parts

  private func grid(_ x: Axis, _ y: Axis) -> [Markup] {
    var parts: [Markup] = []
    for tick in y.ticks {
      let at = NumberText.trimmed(place(tick, on: y), 1)
      parts.append(Markup("path", ["class": "grid", "d": "M52 \(at)H428"]))
      parts.append(
        Markup("text", ["class": "tick end", "x": "46", "y": at, "dy": ".35em"], y.text(tick)))
    }
    for tick in x.ticks {
      let at = NumberText.trimmed(across(tick, on: x), 1)
      parts.append(Markup("path", ["class": "grid", "d": "M\(at) 216v4"]))
      parts.append(Markup("text", ["class": "tick middle", "x": at, "y": "232"], x.text(tick)))
    }
    parts.append(Markup("path", ["class": "axis", "d": "M52 12V216H428"]))
    parts.append(Markup("text", ["class": "tick middle", "x": "240", "y": "247"], "epoch"))
    return parts
  }

  private func path(_ line: Line, _ x: Axis, _ y: Axis) -> Markup {
    var d = ""
    var isOpen = false
    for (index, value) in line.values.enumerated() where index < epochs.count {
      guard let value, value.isFinite else {
        isOpen = false
        continue
      }
      d += (isOpen ? "L" : "M") + point(index, value, x, y)
      // One epoch alone is a dot: a line that goes nowhere, with a round end.
      if !isOpen, index + 1 == line.values.count || line.values[index + 1] == nil { d += "h0" }
      isOpen = true
    }
    return Markup("path", ["class": "line l\(line.style)", "d": d])
  }

  private func band(_ line: Line, _ x: Axis, _ y: Axis) -> Markup? {
    let places = line.values.indices.filter { index in
      index < epochs.count && line.values[index]?.isFinite == true && line.spread(at: index) != nil
    }
    guard places.count > 1 else { return nil }
    func edge(_ sign: Double) -> [String] {
      places.map { index in
        point(index, (line.values[index] ?? 0) + sign * (line.spread(at: index) ?? 0), x, y)
      }
    }
    let outline = edge(1) + edge(-1).reversed()
    return Markup(
      "path", ["class": "band f\(line.style)", "d": "M\(outline.joined(separator: "L"))Z"])
  }

  /// Invisible columns that say their epoch's numbers.
  private func words(_ x: Axis) -> [Markup] {
    let step = (Self.right - Self.left) / Double(max(epochs.count - 1, 1))
    return epochs.indices.map { index in
      let middle = place(epochs[index], on: x)
      let numbers = lines.compactMap { line in
        line.values[index].map { "\(line.name) \(NumberText.figure($0))" }
      }
      return Markup(
        "rect",
        [
          "class": "ear", "x": NumberText.trimmed(middle - step / 2, 1), "y": "12",
          "width": NumberText.trimmed(step, 1), "height": "204",
        ],
        [Markup("title", [:], (["epoch \(epochs[index])"] + numbers).joined(separator: "\n"))])
    }
  }
}

extension LineChart.Line {
  package func spread(at index: Int) -> Double? {
    guard index < spread.count, let spread = spread[index], spread.isFinite, spread > 0 else {
      return nil
    }
    return spread
  }
}
