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
    let lines = ([header] + rows).map { $0.map { Console.printable($0) } }
    let widths = header.indices.map { column in
      lines.reduce(0) { max($0, Self.width($1[column])) }
    }
    // One text that grows: a listing may have a hundred thousand lines.
    var text = ""
    for cells in lines {
      if !text.isEmpty { text += "\n" }
      append(cells, widths, to: &text)
    }
    return text
  }

  /// Appends a line, without spaces at its end.
  private func append(_ cells: [String], _ widths: [Int], to text: inout String) {
    var gap = 0
    for (column, cell) in cells.enumerated() {
      let space = widths[column] - Self.width(cell)
      if rightAligned.contains(column) { gap += space }
      if !cell.isEmpty {
        text += String(repeating: " ", count: gap) + cell
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
