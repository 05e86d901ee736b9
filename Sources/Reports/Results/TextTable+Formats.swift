extension TextTable {
  /// As GitHub reads it.
  public var markdown: String {
    func line(_ cells: [String]) -> String {
      "| \(cells.map(Self.escapedForMarkdown).joined(separator: " | ")) |"
    }
    let rule = header.indices.map { rightAligned.contains($0) ? "---:" : "---" }
    return ([line(header), "| \(rule.joined(separator: " | ")) |"] + rows.map(line))
      .joined(separator: "\n")
  }

  private static func escapedForMarkdown(_ cell: String) -> String {
    cell.unicodeScalars.map { character in
      switch character {
      case "|", "\\", "*", "_", "`", "<", "[", "]": "\\\(character)"
      case "\n", "\r": " "
      default: String(character)
      }
    }.joined()
  }

  /// A plain `tabular`, which needs no package. A cell with `±` in it becomes mathematics.
  public var latex: String {
    let columns = header.indices.map { rightAligned.contains($0) ? "r" : "l" }.joined()
    func line(_ cells: [String]) -> String {
      "  \(cells.map(Self.escapedForLaTeX).joined(separator: " & ")) \\\\"
    }
    let lines =
      ["\\begin{tabular}{\(columns)}", "  \\hline", line(header), "  \\hline"] + rows.map(line)
      + ["  \\hline", "\\end{tabular}"]
    return lines.joined(separator: "\n")
  }

  private static func escapedForLaTeX(_ cell: String) -> String {
    let words = cell.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    if words.count >= 3, words[1] == "±" {
      let rest = words.count > 3 ? " \(escapedForLaTeX(String(words[3])))" : ""
      return "$\(words[0]) \\pm \(words[2])$\(rest)"
    }
    return cell.unicodeScalars.map { character in
      switch character {
      case "&", "%", "$", "#", "_", "{", "}": "\\\(character)"
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "<": "\\textless{}"
      case ">": "\\textgreater{}"
      case "|": "\\textbar{}"
      case "−": "$-$"
      case "\n", "\r": " "
      default: String(character)
      }
    }.joined()
  }

  /// As RFC 4180 has it, header first.
  public static func csv(_ rows: [[String]]) -> String {
    rows.map { $0.map(quotedForCSV).joined(separator: ",") }.joined(separator: "\n")
  }

  private static func quotedForCSV(_ cell: String) -> String {
    guard cell.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return cell }
    return "\"\(cell.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined())\""
  }
}
