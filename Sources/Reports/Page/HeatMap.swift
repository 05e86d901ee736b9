/// A square matrix as coloured cells: with its numbers up to 10 rows, as a picture of pixels beyond 20.
package struct HeatMap {
  package enum Scale: Hashable {
    /// From 0 to the largest.
    case sequential(most: Double)
    /// To both sides of 0.
    case diverging(most: Double)

    fileprivate func colour(_ value: Double) -> Colour {
      guard value.isFinite else { return Palette.missing }
      switch self {
      case .sequential(let most): return Palette.sequential(most > 0 ? value / most : 0)
      case .diverging(let most): return Palette.diverging(most > 0 ? value / most : 0)
      }
    }

    fileprivate var ends: (Double, Double) {
      switch self {
      case .sequential(let most): (0, most)
      case .diverging(let most): (-most, most)
      }
    }
  }

  package let title: String
  package let matrix: Matrix
  package let scale: Scale
  /// What rows and columns are.
  package var rows = "true class"
  package var columns = "given label"
  /// Small and without numbers, for pages of many.
  package var isThumbnail = false

  package init(
    title: String, matrix: Matrix, scale: Scale, rows: String = "true class",
    columns: String = "given label", isThumbnail: Bool = false
  ) {
    self.title = title
    self.matrix = matrix
    self.scale = scale
    self.rows = rows
    self.columns = columns
    self.isThumbnail = isThumbnail
  }

  /// The scale that shows a matrix of probabilities or counts.
  package static func scale(of matrices: [Matrix]) -> Scale {
    .sequential(most: largest(matrices))
  }

  /// The scale that shows a difference.
  package static func difference(of matrices: [Matrix]) -> Scale {
    .diverging(most: largest(matrices))
  }

  private static func largest(_ matrices: [Matrix]) -> Double {
    matrices.flatMap(\.values).lazy.filter(\.isFinite).map { abs($0) }.max() ?? 0
  }

  package var markup: Markup {
    Markup(
      "figure", ["class": isThumbnail ? "heat thumbnail" : "heat"],
      [Markup("figcaption", [:], title), picture])
  }

  private var picture: Markup {
    let margin = isThumbnail ? 0 : 26
    let side = 300
    let (low, high) = scale.ends
    let description =
      "\(matrix.size) × \(matrix.size), rows: \(rows), columns: \(columns), colours from "
      + "\(NumberText.short(low)) to \(NumberText.short(high))"
    let cells = matrix.size > 20 || isThumbnail ? [pixels(margin, side)] : squares(margin, side)
    return Markup(
      "svg",
      [
        "viewBox": "0 0 \(margin + side + 2) \(margin + side + (isThumbnail ? 2 : 34))",
        "role": "img", "aria-label": "\(title). \(description)",
      ],
      [Markup("title", [:], title), Markup("desc", [:], description)] + cells
        + (isThumbnail ? [] : labels(margin, side) + key(margin, side)))
  }

  // MARK: Cells

  private func squares(_ margin: Int, _ side: Int) -> [Markup] {
    let cell = Double(side) / Double(matrix.size)
    let size = NumberText.trimmed(cell, 2)
    var parts: [Markup] = []
    for row in 0..<matrix.size {
      for column in 0..<matrix.size {
        let colour = scale.colour(matrix[row, column])
        let (x, y) = (Double(margin) + Double(column) * cell, Double(margin) + Double(row) * cell)
        parts.append(
          Markup(
            "rect",
            [
              "x": NumberText.trimmed(x, 2), "y": NumberText.trimmed(y, 2), "width": size,
              "height": size, "fill": colour.text,
            ], [Markup("title", [:], words(row, column))]))
        guard matrix.size <= 10 else { continue }
        parts.append(
          Markup(
            "text",
            [
              "class": "cell", "x": NumberText.trimmed(x + cell / 2, 2),
              "y": NumberText.trimmed(y + cell / 2, 2), "fill": colour.ink,
            ], text(matrix[row, column])))
      }
    }
    return parts
  }

  private func words(_ row: Int, _ column: Int) -> String {
    "\(row) → \(column): \(NumberText.short(matrix[row, column]))"
  }

  /// Two digits: `.45`; `0` for what rounds to it.
  private func text(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    if matrix.isCount { return NumberText.decimals(value, 0) }
    let text = NumberText.decimals(value, 2)
    if text == "0.00" || text == "-0.00" { return "0" }
    return text.hasPrefix("0.")
      ? String(text.dropFirst()) : text.replacing("-0.", with: "−.").replacing("-", with: "−")
  }

  /// All cells as one picture, a pixel each.
  private func pixels(_ margin: Int, _ side: Int) -> Markup {
    var colours: [Colour] = []
    var places: [Colour: UInt8] = [:]
    let pixels = matrix.values.map { value -> UInt8 in
      let colour = scale.colour(quantised(value))
      if let place = places[colour] { return place }
      let place = UInt8(min(colours.count, 255))
      if colours.count < 256 { colours.append(colour) }
      places[colour] = place
      return place
    }
    return Markup(
      "image",
      [
        "x": "\(margin)", "y": "\(margin)", "width": "\(side)", "height": "\(side)",
        "class": "pixels", "preserveAspectRatio": "none",
        "href": PNG.address(width: matrix.size, colours: colours, pixels: pixels),
      ])
  }

  /// To one of 200 steps of the scale, so that the colours fit a picture's palette.
  private func quantised(_ value: Double) -> Double {
    let (low, high) = scale.ends
    guard value.isFinite, high > low else { return value }
    let share = (min(max(value, low), high) - low) / (high - low)
    return low + (share * 200).rounded() / 200 * (high - low)
  }

  // MARK: Around them

  private func labels(_ margin: Int, _ side: Int) -> [Markup] {
    let middle = "\(margin + side / 2)"
    var parts = [
      Markup("text", ["class": "tick middle", "x": middle, "y": "9"], columns),
      Markup(
        "text",
        ["class": "tick middle", "x": "9", "y": middle, "transform": "rotate(-90 9 \(middle))"],
        rows),
    ]
    guard matrix.size <= 20 else { return parts }
    let cell = Double(side) / Double(matrix.size)
    for index in 0..<matrix.size {
      let at = NumberText.trimmed(Double(margin) + (Double(index) + 0.5) * cell, 1)
      parts.append(Markup("text", ["class": "tick middle", "x": at, "y": "22"], "\(index)"))
      parts.append(
        Markup("text", ["class": "tick end", "x": "23", "y": at, "dy": ".35em"], "\(index)"))
    }
    return parts
  }

  /// The colours of the scale, from its low to its high end.
  private func key(_ margin: Int, _ side: Int) -> [Markup] {
    let (low, high) = scale.ends
    let (steps, top) = (30, margin + side + 8)
    let width = side / steps
    var parts = (0..<steps).map { step in
      let value = low + (Double(step) + 0.5) / Double(steps) * (high - low)
      return Markup(
        "rect",
        [
          "x": "\(margin + step * width)", "y": "\(top)", "width": "\(width)", "height": "8",
          "fill": scale.colour(value).text,
        ])
    }
    parts.append(
      Markup(
        "text", ["class": "tick", "x": "\(margin)", "y": "\(top + 22)"], NumberText.short(low)))
    parts.append(
      Markup(
        "text", ["class": "tick end", "x": "\(margin + side)", "y": "\(top + 22)"],
        NumberText.short(high)))
    return parts
  }
}
