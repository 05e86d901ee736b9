/// A curve in characters, for terminals.
package enum TextCurve {
  /// The numbers as a plot of dots in braille, `width` characters wide and `height` high, top line first.
  ///
  /// Each character holds 2 × 4 dots. What is not finite is a gap; numbers that are all the same are a line in
  /// the middle.
  package static func lines(_ values: [Double?], width: Int, height: Int) -> [String] {
    let (width, height) = (max(width, 1), max(height, 1))
    let (columns, rows) = (2 * width, 4 * height)
    var cells = [UInt8](repeating: 0, count: width * height)
    let finite = values.compactMap { $0 }.filter(\.isFinite)
    if let low = finite.min(), let high = finite.max() {
      func row(_ value: Double) -> Int {
        // Halves, since a difference of the largest numbers is not finite.
        let share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5
        return min(max(Int(((1 - share) * Double(rows - 1)).rounded()), 0), rows - 1)
      }
      var last: Int?
      for column in 0..<columns {
        guard let value = sample(values, column, of: columns), value.isFinite else {
          last = nil
          continue
        }
        let here = row(value)
        // From the neighbour's height to this one, so that steep parts hang together.
        let from = last.map { $0 < here ? $0 + 1 : $0 > here ? $0 - 1 : here } ?? here
        for dot in min(from, here)...max(from, here) {
          cells[dot / 4 * width + column / 2] |= dots[column % 2][dot % 4]
        }
        last = here
      }
    }
    return (0..<height).map { line in
      String(
        String.UnicodeScalarView(
          cells[line * width..<(line + 1) * width].compactMap {
            Unicode.Scalar(0x2800 + UInt32($0))
          }))
    }
  }

  /// The number at a column, by straight lines between those given.
  private static func sample(_ values: [Double?], _ column: Int, of columns: Int) -> Double? {
    guard values.count > 1 else { return values.first ?? nil }
    let place = Double(column) / Double(columns - 1) * Double(values.count - 1)
    let first = min(Int(place), values.count - 2)
    guard let left = values[first], let right = values[first + 1] else {
      return values[Int(place.rounded())]
    }
    let share = place - Double(first)
    // Not by their difference, which need not be finite.
    return left * (1 - share) + right * share
  }

  /// The bits of the left and the right column, from the top. Source: Unicode, "Braille Patterns".
  private static let dots: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
}

/// The curves of a run in lines of text: a figure a line, with where it began, where it ended and its best.
package struct TextCurves {
  private let report: RunReport

  package init(_ report: RunReport) { self.report = report }

  /// At most `width` characters a line; nothing if no stage has curves.
  package func lines(width: Int) -> [String] {
    report.stages.flatMap { stage -> [String] in
      guard let metrics = stage.metrics, metrics.epochs.count > 1 else { return [] }
      let names = metrics.columns.map(\.name)
      let longest = min(names.map(\.count).max() ?? 0, 28)
      let room = min(max(width - longest - 46, 6), 40)
      return ["\(stage.name), \(metrics.epochs.count) epochs"]
        + metrics.columns.map { line($0, metrics, nameWidth: longest, plotWidth: room) }
    }
  }

  private func line(
    _ column: Metrics.Column, _ metrics: Metrics, nameWidth: Int, plotWidth: Int
  ) -> String {
    let name = column.name.prefix(nameWidth)
    let padding = String(repeating: " ", count: nameWidth - name.count)
    let plot = TextCurve.lines(column.values, width: plotWidth, height: 1).joined()
    let values = column.values.compactMap { $0 }
    var words = "  \(name)\(padding)  \(plot)"
    if let first = values.first, let last = values.last {
      words += "  \(NumberText.figure(first)) → \(NumberText.figure(last))"
    }
    if let best = column.best {
      words += ", best \(NumberText.figure(best.value)) at \(metrics.epochs[best.place])"
    }
    return words
  }
}
