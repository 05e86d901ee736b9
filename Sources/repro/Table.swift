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
    let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { cells in
      var line = cells.indices.map { pad(cells[$0], to: widths[$0], column: $0) }
        .joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  private func pad(_ cell: String, to width: Int, column: Int) -> String {
    let space = String(repeating: " ", count: max(0, width - cell.count))
    return rightAligned.contains(column) ? space + cell : cell + space
  }
}
