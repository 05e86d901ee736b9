/// Columns of text, each as wide as its widest cell.
struct Table {
  let header: [String]
  /// Columns whose cells stand on the right, such as numbers.
  var rightAligned: Set<Int> = []
  var rows: [[String]] = []

  init(_ header: [String], rightAligned: Set<Int> = []) {
    self.header = header
    self.rightAligned = rightAligned
  }

  /// The table as lines, header first; cells are made printable.
  var text: String {
    // One text that grows: a listing may have a hundred thousand lines.
    var widths = header.map(Self.width)
    for cells in rows {
      for (column, cell) in cells.enumerated() {
        widths[column] = max(widths[column], Self.width(Console.printable(cell)))
      }
    }
    var text: [UInt8] = []
    append(header, widths, to: &text)
    for cells in rows {
      text.append(UInt8(ascii: "\n"))
      append(cells, widths, to: &text)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends a line, without spaces at its end.
  private func append(_ cells: [String], _ widths: [Int], to text: inout [UInt8]) {
    var gap = 0
    for (column, raw) in cells.enumerated() {
      let cell = Console.printable(raw)
      let space = widths[column] - Self.width(cell)
      if rightAligned.contains(column) { gap += space }
      if !cell.isEmpty {
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: gap))
        text.append(contentsOf: cell.utf8)
        gap = 0
      }
      if !rightAligned.contains(column) { gap += space }
      gap += 2
    }
  }

  private static func width(_ cell: String) -> Int {
    cell.utf8.allSatisfy { $0 < 0x80 } ? cell.utf8.count : cell.count
  }
}
